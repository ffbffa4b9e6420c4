import type { NodeDetails } from '../wire/node-details.ts';
import type { NodeRow } from '../wire/rows.ts';
import { useAnswer } from './use-answer.ts';

interface NodePanelProps {
  readonly name: string;
  /** Undefined when the node is gone. */
  readonly row: NodeRow | undefined;
  readonly token: string | undefined;
  readonly onClose: () => void;
}

/** One node with its images. */
export function NodePanel({ name, row, token, onClose }: NodePanelProps) {
  const answer = useAnswer<NodeDetails>(`api/node?name=${encodeURIComponent(name)}`, token);
  return (
    <section class="panel" aria-labelledby="node-title">
      <div class="title">
        <h3 id="node-title">{name}</h3>
        <span class="quiet">{row === undefined ? 'gone' : (row.why ?? row.state)}</span>
        <button type="button" class="link" onClick={onClose}>
          Close
        </button>
      </div>
      {answer.kind === 'waiting' && <p class="quiet">Asking…</p>}
      {answer.kind === 'failed' && <p class="note">{answer.message}</p>}
      {answer.kind === 'here' && <Images {...answer.value} />}
    </section>
  );
}

function Images({ images }: NodeDetails) {
  if (images.length === 0) return <p class="quiet">Headstart keeps no image there.</p>;
  return (
    <ul class="images">
      {images.map(({ image, state, progress, reason, message }) => (
        <li key={image}>
          <span class={`key ${state}`} /> <span class="image">{image}</span>{' '}
          <span>
            {state}
            {progress === undefined ? '' : ` ${progress} %`}
            {reason === undefined ? '' : `, ${reason}`}
          </span>
          {state === 'failed' && message !== undefined && <p class="message">{message}</p>}
        </li>
      ))}
    </ul>
  );
}
