import assert from 'node:assert/strict';
import { certificateAction, renewalTime } from '../../certs/action.ts';
import type { CertificateState, Inspection } from '../../certs/inspect.ts';

const usable = (notBefore: number, notAfter: number): Inspection => ({
  usable: true,
  pair: { certPem: `cert ${notAfter}`, keyPem: `key ${notAfter}` },
  notBefore,
  notAfter,
});
const unusable = (reason: string): Inspection => ({ usable: false, reason });

const state = (changes: Partial<CertificateState> = {}): CertificateState => ({
  authority: usable(0, 3000),
  trusted: ['cert 3000'],
  serving: usable(0, 300),
  ...changes,
});

describe('certificateAction', () => {
  const cases: Record<
    string,
    { state: CertificateState; now: number; type: string; reason?: RegExp }
  > = {
    'keeps what is young': { state: state(), now: 100, type: 'keep' },
    'keeps a leaf to just before two thirds of its life': {
      state: state(),
      now: 199,
      type: 'keep',
    },
    'renews a leaf at two thirds of its life': {
      state: state(),
      now: 200,
      type: 'issue-serving',
      reason: /^two thirds of the life of the serving certificate are over$/,
    },
    'renews a leaf that has expired': {
      state: state(),
      now: 300,
      type: 'issue-serving',
      reason: /^the serving certificate has expired$/,
    },
    'renews a leaf that is not valid yet': {
      state: state({ serving: usable(50, 300) }),
      now: 49,
      type: 'issue-serving',
      reason: /^the serving certificate is not valid yet$/,
    },
    'replaces a leaf that cannot be used': {
      state: state({ serving: unusable('tls.crt is missing') }),
      now: 1,
      type: 'issue-serving',
      reason: /^tls\.crt is missing$/,
    },
    'renews an authority at two thirds of its life, also under a young leaf': {
      state: state({ serving: usable(1900, 2500) }),
      now: 2000,
      type: 'issue-authority',
      reason: /^two thirds of the life of the authority are over$/,
    },
    'replaces an authority that cannot be used': {
      state: state({ authority: unusable('ca.key is missing'), trusted: [] }),
      now: 1,
      type: 'issue-authority',
      reason: /^ca\.key is missing$/,
    },
    'replaces an authority that has expired': {
      state: state(),
      now: 3000,
      type: 'issue-authority',
      reason: /^the authority has expired$/,
    },
  };
  for (const [name, { state: given, now, type, reason }] of Object.entries(cases)) {
    it(name, () => {
      const action = certificateAction(given, now);
      assert.equal(action.type, type);
      if (action.type !== 'keep') assert.match(action.reason, reason ?? /^$/);
    });
  }

  it('hands on what is kept, what signs and what stays trusted', () => {
    const { authority, serving } = state();
    assert.ok(authority.usable && serving.usable);
    const trusted = ['cert 3000'];
    const set = { authority: authority.pair, trusted, serving: serving.pair };
    assert.deepEqual(certificateAction(state(), 1), { type: 'keep', set });
    const leaf = certificateAction(state(), 250);
    assert.ok(leaf.type === 'issue-serving');
    assert.deepEqual([leaf.authority, leaf.trusted], [authority.pair, trusted]);
    const both = certificateAction(state(), 2500);
    assert.ok(both.type === 'issue-authority');
    assert.deepEqual(both.trusted, trusted);
  });

  it('counts two thirds from the first day', () => {
    assert.equal(renewalTime({ notBefore: 1000, notAfter: 4000 }), 3000);
  });
});
