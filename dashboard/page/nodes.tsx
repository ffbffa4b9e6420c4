import { useMemo } from 'preact/hooks';
import { NODE_STATES, type Tables } from '../wire/rows.ts';
import { countStates, nodesInOrder } from '../wire/summary.ts';
import { HeatMap } from './heat-map.tsx';
import { NodePanel } from './node-panel.tsx';
import { NodeTable } from './node-table.tsx';

interface NodesProps {
  readonly nodes: Tables['nodes'];
  readonly chosen: string | undefined;
  readonly token: string | undefined;
  readonly onChoose: (name: string | undefined) => void;
}

/** All nodes: a square each, the one that was chosen, and the same as a table. */
export function Nodes({ nodes, chosen, token, onChoose }: NodesProps) {
  const inOrder = useMemo(() => nodesInOrder(nodes), [nodes]);
  const counts = countStates(nodes);
  return (
    <section class="card" aria-labelledby="nodes-title">
      <h2 id="nodes-title">Nodes</h2>
      <HeatMap nodes={inOrder} counts={counts} chosen={chosen} onChoose={onChoose} />
      <ul class="legend">
        {NODE_STATES.map(state => (
          <li key={state}>
            <span class={`key ${state}`} /> {state} {counts[state].toLocaleString('en')}
          </li>
        ))}
      </ul>
      {chosen !== undefined && (
        <NodePanel
          name={chosen}
          row={nodes[chosen]}
          token={token}
          onClose={() => onChoose(undefined)}
        />
      )}
      <NodeTable nodes={inOrder} counts={counts} onChoose={onChoose} />
    </section>
  );
}
