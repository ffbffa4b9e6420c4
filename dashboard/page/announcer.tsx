import { useEffect, useRef, useState } from 'preact/hooks';
import type { Tables } from '../wire/rows.ts';
import { countStates } from '../wire/summary.ts';
import { counted } from './format.ts';

/** A screen reader that hears every step is of no use to anybody. */
const EVERY_MS = 15_000;

/** Tells screen readers now and then how things go. */
export function Announcer({ tables }: { readonly tables: Tables }) {
  const [text, setText] = useState('');
  const latest = useRef(tables);
  latest.current = tables;
  useEffect(() => {
    const timer = window.setInterval(() => setText(summary(latest.current)), EVERY_MS);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <p class="unseen" aria-live="polite">
      {text}
    </p>
  );
}

function summary({ jobs, nodes }: Tables): string {
  const running = Object.values(jobs).filter(({ state }) => state.kind === 'running').length;
  const { warm, pulling, failed } = countStates(nodes);
  return `${counted(running, 'job')} running. Nodes: ${warm} warm, ${pulling} pulling, ${failed} failed.`;
}
