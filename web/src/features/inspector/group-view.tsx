import type { Card, Rail } from '@busbar/shared/graph/graph-doc';
import { Button } from '@mantine/core';
import { count } from '../../ui/format.ts';
import { Link } from '../../ui/link.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import classes from './inspector.module.css';
import type { Go } from './inspector.tsx';

/** A member's name as it stands in the document, and the id of the pod or VM that it means. */
const memberId = (card: Card, member: string): string =>
  `${card.kind === 'vm' ? 'vmi' : 'pod'}:${member.includes('/') ? member : `${card.namespace}/${member}`}`;

export const GroupView = ({ card, rails, go }: { card: Card; rails: ReadonlyMap<string, Rail>; go: Go }) => (
  <div className={classes['content']}>
    {card.ports.map((port) => {
      const rail = port.rail === null ? undefined : rails.get(port.rail);
      return (
        <section key={port.key} className={classes['block']}>
          <div className={classes['row']}>
            <span className={classes['iface']}>{port.interface}</span>
            <span>
              {rail ? <Link onClick={() => go.select(rail.network ?? rail.id)}>{rail.name}</Link> : 'no network'}
            </span>
            <StateMark state={port.state} />
          </div>
        </section>
      );
    })}
    {card.expandable && (
      <div>
        <Button size="compact-sm" variant="default" onClick={() => go.toggle(card.group ?? card.id)}>
          {card.expanded ? 'Close the group' : `Open the group: one card for each of ${count(card.count)}`}
        </Button>
      </div>
    )}
    <h3 className={classes['heading']}>Members · {count(card.count)}</h3>
    <ul className={classes['list']}>
      {card.members.map((member) => (
        <li key={member}>
          <Link onClick={() => go.select(memberId(card, member))}>{member}</Link>
        </li>
      ))}
    </ul>
    {card.count > card.members.length && (
      <p className={classes['none']}>
        and {count(card.count - card.members.length)} more, all with the same interfaces and states
      </p>
    )}
  </div>
);
