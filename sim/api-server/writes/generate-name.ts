import type { Subject } from '../status/api-error.ts';
import { badRequest, invalid } from '../status/api-error.ts';
import { requiredValue } from '../status/field-cause.ts';

/** No vowels and no look-alikes, so that no words come out (k8s.io/apimachinery rand). */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const MAX_PREFIX_LENGTH = 63 - SUFFIX_LENGTH;
const ATTEMPTS = 8;

/** What choosing a name needs. */
export interface NameChoice {
  readonly random: () => number;
  readonly isTaken: (name: string) => boolean;
  /** The kind, for errors. */
  readonly subject: Subject;
}

/** The name an object asks for, or a free one made from `generateName`. */
export function chooseName(
  { name, generateName }: { readonly name?: string; readonly generateName?: string },
  { random, isTaken, subject }: NameChoice,
): string {
  if (name !== undefined) return name;
  if (generateName === undefined) {
    const rule = 'name or generateName is required';
    throw invalid(subject, '', [requiredValue('metadata.name', rule)]);
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const candidate = generateName.slice(0, MAX_PREFIX_LENGTH) + suffix(random);
    if (!isTaken(candidate)) return candidate;
  }
  throw badRequest(`no free name found for generateName ${generateName}`);
}

function suffix(random: () => number): string {
  const letters = Array.from({ length: SUFFIX_LENGTH }, () =>
    ALPHABET.charAt(Math.floor(random() * ALPHABET.length)),
  );
  return letters.join('');
}
