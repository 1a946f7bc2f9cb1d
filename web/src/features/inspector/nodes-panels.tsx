import { countText, laneText, reachText, restText } from '@busbar/shared/graph/layout/node-look';
import type { NodeCard, NodesDoc, NodeUse } from '@busbar/shared/graph/nodes-doc';
import type { WorkloadSummary } from '@busbar/shared/inspect/documents';
import { attachmentStates } from '@busbar/shared/model/topology';
import { Button } from '@mantine/core';
import { count, plural } from '../../ui/format.ts';
import { Link } from '../../ui/link.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { Frame } from './frame.tsx';
import classes from './inspector.module.css';
import type { Go } from './inspector.tsx';
import { useMembers, useNetwork } from './use-documents.ts';

type Props = { doc: NodesDoc; id: string; go: Go; onClose(): void };

/** `network`: what the state of a pod is about; without it, whatever is worst of it. */
const Pods = ({ card, network, go }: { card: string; network?: string | undefined; go: Go }) => {
  const { data } = useMembers(card);
  const members = useNetwork(network ?? '').data?.members;
  if (!data) return null;
  const plugs = new Map((members ?? []).map((member) => [member.workload, member]));
  const stateOf = (one: WorkloadSummary) => (network === undefined ? one.worst : plugs.get(one.id)?.state);
  return (
    <>
      <h3 className={classes['heading']}>Pods · {count(data.total)}</h3>
      <ul className={classes['list']}>
        {data.workloads.slice(0, 500).map((one) => (
          <li key={one.id}>
            <Link onClick={() => go.select(plugs.get(one.id)?.attachment ?? one.id)}>
              {one.namespace}/{one.name}
            </Link>
            {stateOf(one) && <StateMark state={stateOf(one) ?? 'unknown'} />}
          </li>
        ))}
      </ul>
      {data.total > data.workloads.length && (
        <p className={classes['none']}>and {count(data.total - data.workloads.length)} more</p>
      )}
    </>
  );
};

const States = ({ use }: { use: NodeUse }) => (
  <table className={classes['table']}>
    <tbody>
      {attachmentStates
        .filter((state) => use.states[state])
        .map((state) => (
          <tr key={state}>
            <th>
              <StateMark state={state} />
            </th>
            <td>{count(use.states[state] ?? 0)}</td>
          </tr>
        ))}
    </tbody>
  </table>
);

const Members = ({ card, go }: { card: NodeCard; go: Go }) => (
  <>
    <h3 className={classes['heading']}>Nodes · {count(card.count)}</h3>
    <ul className={classes['names']}>
      {card.members.map((name) => (
        <li key={name}>
          <Link onClick={() => go.select(`node:${name}`)}>{name}</Link>
        </li>
      ))}
    </ul>
    {card.count > card.members.length && (
      <p className={classes['none']}>and {count(card.count - card.members.length)} more</p>
    )}
  </>
);

/** Nodes that look the same, or the pods that are on none. */
export const NodesPanel = ({ doc, id, go, onClose }: Props) => {
  const card = doc.nodes.find((one) => one.id === id);
  if (!card) return null;
  const lanes = doc.lanes.filter((lane) => lane.card === id);
  return (
    <Frame
      title={card.name}
      note={countText(card)}
      line={`${card.count > 0 ? `${plural(card.count, 'node')} · ` : ''}${plural(card.pods, 'pod')}`}
      onClose={onClose}
    >
      <div className={classes['content']}>
        {card.group && card.expandable && (
          <div>
            <Button size="compact-sm" variant="default" onClick={() => go.toggle(card.group ?? '')}>
              Open the group: one card for each of {count(card.count)}
            </Button>
          </div>
        )}
        {lanes.length > 0 && (
          <table className={classes['table']}>
            <tbody>
              {lanes.map((lane) => (
                <tr key={lane.id}>
                  <th className="mono">{lane.name}</th>
                  <td>{laneText(lane, card.count).join(' · ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {card.kind === 'group' && <Members card={card} go={go} />}
        <Pods card={id} go={go} />
      </div>
    </Frame>
  );
};

/** The pods of one node, or of several, on one network. */
export const UsePanel = ({ doc, id, go, onClose }: Props) => {
  const use = doc.uses.find((one) => one.id === id);
  const card = doc.nodes.find((one) => one.id === use?.card);
  if (!use || !card) return null;
  const rail = doc.rails.find((one) => one.id === use.rail);
  const lane = doc.lanes.find((one) => one.id === use.lane);
  const reach = reachText(use, card);
  return (
    <Frame
      title={rail?.name ?? restText(use)}
      note={rail?.namespace}
      line={
        <>
          on <Link onClick={() => go.select(card.id)}>{card.name}</Link> {reach || countText(card)}
          {lane && ` · ${[lane.name, ...use.also].join(', ')}`}
        </>
      }
      onClose={onClose}
    >
      <div className={classes['content']}>
        {rail && (
          <div>
            <Button size="compact-sm" variant="default" onClick={() => go.select(rail.network ?? rail.id)}>
              {rail.ghost ? 'Who asks for it' : 'The network, everywhere'}
            </Button>
          </div>
        )}
        <States use={use} />
        <Pods card={id} network={rail ? (rail.network ?? rail.id) : undefined} go={go} />
      </div>
    </Frame>
  );
};
