import { type GraphDoc, isPicture } from '@busbar/shared/graph/graph-doc';
import type { FindingsDoc, WorkloadDoc } from '@busbar/shared/inspect/documents';
import { Skeleton } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import { problemOf } from '../../backend/backend.ts';
import { useFresh } from '../../backend/use-fresh.ts';
import { age, plural } from '../../ui/format.ts';
import { Link } from '../../ui/link.tsx';
import { Message } from '../../ui/message.tsx';
import { CellView } from './cell-panel.tsx';
import { commandOfObject, commandsOfNode, commandsOfWorkload } from './commands.ts';
import { FindingView } from './finding-view.tsx';
import { Frame } from './frame.tsx';
import { GroupView } from './group-view.tsx';
import classes from './inspector.module.css';
import { NetworkView } from './network-view.tsx';
import { NodeView } from './node-view.tsx';
import { NodesPanel, UsePanel } from './nodes-panels.tsx';
import { type InspectTarget, inspectTarget } from './target.ts';
import { useCell, useNetwork, useNode, useWorkload } from './use-documents.ts';
import { WorkloadView } from './workload-view.tsx';

/** Ways from one thing to another. */
export type Go = { select(id: string): void; rule(code: string): void; toggle(card: string): void };

type Props = {
  select: string;
  doc: GraphDoc | null;
  findings: FindingsDoc | null;
  now: number;
  go: Go;
  onClose(): void;
};
const MOST_COMMANDS = 5;

const Waiting = () => (
  <div className={classes['content']} aria-busy="true">
    <Skeleton height={34} />
    <Skeleton height={96} />
    <Skeleton height={34} />
  </div>
);

const Failed = ({ error }: { error: unknown }) => {
  const problem = problemOf(error);
  return (
    <Message
      title={problem.status === 404 ? 'It is no longer there' : problem.message}
      text={problem.status === 404 ? 'It was deleted, or its name was mistyped.' : problem.detail}
    />
  );
};

const workloadLine = ({ workload }: WorkloadDoc, now: number, go: Go): ReactNode => (
  <>
    {workload.phase}
    {workload.startedAt ? ` ${age(now - Date.parse(workload.startedAt))}` : ''}
    {workload.node && (
      <>
        {' '}
        · <Link onClick={() => go.select(`node:${workload.node}`)}>{workload.node}</Link>
      </>
    )}
    {workload.owner && ` · ${workload.owner.kind} ${workload.owner.name}`}
  </>
);

const WorkloadPanel = ({
  target,
  now,
  go,
  onClose,
}: {
  target: Extract<InspectTarget, { type: 'workload' }>;
  now: number;
  go: Go;
  onClose(): void;
}) => {
  const { data, error } = useWorkload(target.id);
  const [namespace, name] = target.id.replace(/^\w+:/, '').split('/');
  return (
    <Frame
      title={data?.workload.name ?? name ?? target.id}
      note={data?.workload.namespace ?? namespace}
      line={data && workloadLine(data, now, go)}
      take={
        data && {
          name: `${data.workload.namespace}/${data.workload.name}`,
          commands: commandsOfWorkload(data.workload),
        }
      }
      onClose={onClose}
    >
      {data ? (
        <WorkloadView key={target.id} doc={data} attachment={target.attachment} go={go} now={now} />
      ) : error ? (
        <Failed error={error} />
      ) : (
        <Waiting />
      )}
    </Frame>
  );
};

const NetworkPanel = ({ id, go, onClose }: { id: string; go: Go; onClose(): void }) => {
  const { data, error } = useNetwork(id);
  const line = data?.network
    ? [data.network.technology, ...data.network.subnets].filter(Boolean).join(' · ')
    : data
      ? 'does not exist'
      : undefined;
  return (
    <Frame
      title={data?.name ?? id.replace(/^\w+:/, '')}
      note={data?.network?.namespace}
      line={line}
      take={
        data && {
          name: data.network?.namespace ? `${data.network.namespace}/${data.name}` : data.name,
          commands: (data.network?.objects ?? []).slice(0, MOST_COMMANDS).map(commandOfObject),
        }
      }
      onClose={onClose}
    >
      {data ? <NetworkView doc={data} go={go} /> : error ? <Failed error={error} /> : <Waiting />}
    </Frame>
  );
};

const NodePanel = ({ name, device, go, onClose }: { name: string; device: string | null; go: Go; onClose(): void }) => {
  const { data, error } = useNode(name);
  return (
    <Frame
      title={name}
      note="node"
      take={{ name, commands: commandsOfNode(name) }}
      line={data && `${data.node.ready ? 'ready' : 'not ready'} · ${plural(data.total, 'pod')}`}
      onClose={onClose}
    >
      {data ? <NodeView doc={data} device={device} go={go} /> : error ? <Failed error={error} /> : <Waiting />}
    </Frame>
  );
};

const CellPanel = ({ row, network, go, onClose }: { row: string; network: string; go: Go; onClose(): void }) => {
  const { data, error } = useCell(row, network);
  return (
    <Frame
      title={data ? `${data.row.label} on ${data.network.name}` : 'A cell of the matrix'}
      line={data && plural(data.count, 'attachment')}
      onClose={onClose}
    >
      {data ? <CellView doc={data} go={go} /> : error ? <Failed error={error} /> : <Waiting />}
    </Frame>
  );
};

/** The panel at the right: one thing, and everything that is known about it. */
export const Inspector = ({ select, doc, findings, now, go, onClose }: Props) => {
  useFresh('document');
  const target = inspectTarget(select, doc);
  const drawn = doc && isPicture(doc) ? doc.rails : null;
  const rails = useMemo(() => new Map((drawn ?? []).map((rail) => [rail.id, rail])), [drawn]);
  switch (target.type) {
    case 'workload':
      return <WorkloadPanel target={target} now={now} go={go} onClose={onClose} />;
    case 'network':
      return <NetworkPanel id={target.id} go={go} onClose={onClose} />;
    case 'node':
      return <NodePanel name={target.name} device={target.device} go={go} onClose={onClose} />;
    case 'nodes':
      return doc?.lens === 'nodes' ? <NodesPanel doc={doc} id={target.card} go={go} onClose={onClose} /> : null;
    case 'use':
      return doc?.lens === 'nodes' ? <UsePanel doc={doc} id={target.use} go={go} onClose={onClose} /> : null;
    case 'group': {
      const card = doc?.lens === 'rails' ? doc.cards.find((one) => one.id === target.card) : undefined;
      return card ? (
        <Frame
          title={card.name}
          note={card.namespace === card.name ? undefined : card.namespace}
          line={`${plural(card.count, card.kind === 'vm' ? 'VM' : 'pod')} · ${card.status}`}
          onClose={onClose}
        >
          <GroupView card={card} rails={rails} go={go} />
        </Frame>
      ) : null;
    }
    case 'cell':
      return <CellPanel row={target.row} network={target.network} go={go} onClose={onClose} />;
    case 'more': {
      const rail = rails.get(target.rail);
      return (
        <Frame
          title={rail?.name ?? 'more networks'}
          line={rail && `${plural(rail.networks ?? 0, 'network')} · ${plural(rail.count, 'attachment')}`}
          onClose={onClose}
        >
          <Message
            title="One rail for many networks"
            text="Not every network of this cluster can have a rail of its own. The ones in trouble have, and those that most pods use. The matrix and the table show every network; a filter such as net:NAME draws one here."
          />
        </Frame>
      );
    }
    case 'gone':
      return (
        <Frame title="Not in the picture" onClose={onClose}>
          <Message title="This card is gone" text="Its pods were deleted, or they stand on other cards now." />
        </Frame>
      );
    case 'finding': {
      const finding = findings?.findings.find((one) => one.id === target.id);
      return (
        <Frame
          title={finding?.title ?? target.id}
          line={
            finding &&
            `${plural(finding.workloads, 'pod')}${finding.namespaces.length > 0 ? ` in ${finding.namespaces.slice(0, 3).join(', ')}` : ''}`
          }
          onClose={onClose}
        >
          {finding ? (
            <FindingView finding={finding} go={go} />
          ) : findings ? (
            <Message title="This finding is gone" text="What it was about has been mended or deleted." />
          ) : (
            <Waiting />
          )}
        </Frame>
      );
    }
    default:
      return target satisfies never;
  }
};
