import { useState } from 'preact/hooks';
import type { WorkloadRef } from '../wire/rows.ts';
import type { Story } from '../wire/story.ts';
import { StoryView } from './story-view.tsx';
import { useAnswer } from './use-answer.ts';

interface StoryProps {
  readonly story: WorkloadRef | undefined;
  readonly now: number;
  readonly token: string | undefined;
  readonly onStory: (workload: WorkloadRef | undefined) => void;
}

/** Kinds whose images are warmed, with their groups. */
const KINDS = [
  ['CloneSet', 'apps.kruise.io', 'CloneSet'],
  ['StatefulSet', 'apps.kruise.io', 'Advanced StatefulSet'],
  ['DaemonSet', 'apps.kruise.io', 'Advanced DaemonSet'],
  ['Deployment', 'apps', 'Deployment'],
  ['StatefulSet', 'apps', 'StatefulSet'],
  ['DaemonSet', 'apps', 'DaemonSet'],
] as const;

/** The way of one workload from its change to warm; which one is asked for here, or chosen at a job. */
export function StorySection({ story, now, token, onStory }: StoryProps) {
  return (
    <section class="card" aria-labelledby="story-title">
      <h2 id="story-title">Story of a workload</h2>
      <WorkloadForm onStory={onStory} />
      {story === undefined ? (
        <p class="quiet">Name a workload, or choose the story of a job.</p>
      ) : (
        <Chosen workload={story} now={now} token={token} />
      )}
    </section>
  );
}

function Chosen(props: {
  readonly workload: WorkloadRef;
  readonly now: number;
  readonly token: string | undefined;
}) {
  const { workload, now, token } = props;
  const answer = useAnswer<Story>(`api/workload?${new URLSearchParams({ ...workload })}`, token);
  const { kind, namespace, name } = workload;
  return (
    <div class="story">
      <h3>
        {kind} <span class="quiet">{namespace}/</span>
        {name}
      </h3>
      {answer.kind === 'waiting' && <p class="quiet">Asking…</p>}
      {answer.kind === 'failed' && <p class="note">{answer.message}</p>}
      {answer.kind === 'here' && <StoryView story={answer.value} now={now} />}
    </div>
  );
}

function WorkloadForm({ onStory }: Pick<StoryProps, 'onStory'>) {
  const [kind, setKind] = useState(0);
  const [namespace, setNamespace] = useState('default');
  const [name, setName] = useState('');
  return (
    <form
      class="filters"
      onSubmit={event => {
        event.preventDefault();
        const [kindName, group] = KINDS[kind] ?? KINDS[0];
        if (name.trim() !== '') onStory({ kind: kindName, group, namespace, name: name.trim() });
      }}
    >
      <label>
        Kind
        <select value={String(kind)} onChange={event => setKind(Number(event.currentTarget.value))}>
          {KINDS.map(([, group, label], index) => (
            <option key={`${label}.${group}`} value={String(index)}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label>
        Namespace
        <input value={namespace} onInput={event => setNamespace(event.currentTarget.value)} />
      </label>
      <label>
        Name
        <input value={name} onInput={event => setName(event.currentTarget.value)} />
      </label>
      <button type="submit">Tell</button>
    </form>
  );
}
