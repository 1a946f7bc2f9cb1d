import type { Card, Port, Rail } from '@busbar/shared/graph/graph-doc';
import { Button } from '@mantine/core';
import { count } from '../../ui/format.ts';
import { Link } from '../../ui/link.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import classes from './inspector.module.css';
import type { Go } from './inspector.tsx';
import { useMembers } from './use-documents.ts';

const MOST = 300;

const PortRow = ({ port, rail, go }: { port: Port; rail: Rail | undefined; go: Go }) => (
  <tr>
    <th className="mono">{port.count === undefined ? port.interface : `${count(port.count)} ×`}</th>
    <td>{rail ? <Link onClick={() => go.select(rail.network ?? rail.id)}>{rail.name}</Link> : 'no network'}</td>
    <td>
      <StateMark state={port.state} />
    </td>
  </tr>
);

/** All pods that a card stands for, whatever they have in common. */
const Members = ({ card, go }: { card: Card; go: Go }) => {
  const { data } = useMembers(card.id);
  return (
    <>
      <h3 className={classes['heading']}>Members · {count(card.count)}</h3>
      <ul className={classes['list']} aria-busy={data === undefined}>
        {data?.workloads.slice(0, MOST).map((one) => (
          <li key={one.id}>
            <Link onClick={() => go.select(one.id)}>
              {card.namespace === one.namespace ? one.name : `${one.namespace}/${one.name}`}
            </Link>
            {one.worst !== 'attached' && <StateMark state={one.worst} />}
          </li>
        ))}
      </ul>
      {data && data.total > MOST && <p className={classes['none']}>and {count(data.total - MOST)} more</p>}
    </>
  );
};

export const GroupView = ({ card, rails, go }: { card: Card; rails: ReadonlyMap<string, Rail>; go: Go }) => {
  const { group, within } = card;
  return (
    <div className={classes['content']}>
      <div>
        {card.expandable && group && (
          <Button size="compact-sm" variant="default" onClick={() => go.toggle(group)}>
            Open the group
          </Button>
        )}
        {within && (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => go.toggle(within)}>
            Back to one group
          </Button>
        )}
      </div>
      {card.ports.length > 0 && (
        <table className={classes['table']} aria-label="Attachments of the group">
          <tbody>
            {card.ports.map((port) => (
              <PortRow
                key={port.key}
                port={port}
                rail={port.rail === null ? undefined : rails.get(port.rail)}
                go={go}
              />
            ))}
          </tbody>
        </table>
      )}
      <Members card={card} go={go} />
    </div>
  );
};
