import { useState } from 'preact/hooks';
import { NODE_STATES, type NodeRow, type NodeState } from '../wire/rows.ts';

interface NodeTableProps {
  readonly nodes: readonly (readonly [string, NodeRow])[];
  readonly counts: Readonly<Record<NodeState, number>>;
  readonly onChoose: (name: string) => void;
}

const PAGE = 25;

/** The nodes as a table, by state and by name. Closed until somebody opens it. */
export function NodeTable({ nodes, counts, onChoose }: NodeTableProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details class="node-table" onToggle={event => setIsOpen(event.currentTarget.open)}>
      <summary>Nodes as a table</summary>
      {isOpen && <OpenTable nodes={nodes} counts={counts} onChoose={onChoose} />}
    </details>
  );
}

function OpenTable({ nodes, counts, onChoose }: NodeTableProps) {
  const [state, setState] = useState('');
  const [filter, setFilter] = useState('');
  const [shown, setShown] = useState(PAGE);
  const found = nodes.filter(
    ([name, row]) => (state === '' || row.state === state) && name.includes(filter.trim()),
  );
  return (
    <>
      <div class="filters">
        <label>
          State
          <select value={state} onChange={event => setState(event.currentTarget.value)}>
            <option value="">all {nodes.length}</option>
            {NODE_STATES.map(each => (
              <option key={each} value={each}>
                {each} {counts[each]}
              </option>
            ))}
          </select>
        </label>
        <label>
          Name
          <input
            type="search"
            value={filter}
            onInput={event => setFilter(event.currentTarget.value)}
          />
        </label>
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">State</th>
            <th scope="col">Warm images</th>
          </tr>
        </thead>
        <tbody>
          {found.slice(0, shown).map(([name, row]) => (
            <NodeTableRow key={name} name={name} row={row} onChoose={onChoose} />
          ))}
        </tbody>
      </table>
      {found.length > shown && (
        <button type="button" class="more" onClick={() => setShown(shown + PAGE)}>
          Show more of {found.length.toLocaleString('en')}
        </button>
      )}
    </>
  );
}

function NodeTableRow(
  props: { readonly name: string; readonly row: NodeRow } & Pick<NodeTableProps, 'onChoose'>,
) {
  const { name, row, onChoose } = props;
  const { state, percent, why, warm, wanted } = row;
  return (
    <tr>
      <th scope="row">
        <button type="button" class="link" onClick={() => onChoose(name)}>
          {name}
        </button>
      </th>
      <td>
        <span class={`key ${state}`} /> {state}
        {percent === undefined ? '' : ` ${percent} %`}
        {why === undefined ? '' : `: ${why}`}
      </td>
      <td>
        {warm}/{wanted}
      </td>
    </tr>
  );
}
