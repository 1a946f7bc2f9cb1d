import { type GraphDoc, isPicture } from '@busbar/shared/graph/graph-doc';
import type { ClusterDoc, FindingsDoc, LitDoc } from '@busbar/shared/inspect/documents';
import { isOfRows } from '@busbar/shared/view/url';
import type { Lens, View } from '@busbar/shared/view/view';
import { Skeleton } from '@mantine/core';
import { Suspense, useCallback, useEffect, useRef } from 'react';
import { useLive } from '../backend/context.tsx';
import type { Connection } from '../backend/live-store.ts';
import { Message } from '../ui/message.tsx';
import { MatrixView, TableView } from './lazy.tsx';
import { pictureOf } from './lenses.ts';
import type { ChangeView } from './use-view.ts';

type Props = {
  view: View;
  doc: GraphDoc | null;
  cluster: ClusterDoc | null;
  findings: FindingsDoc | null;
  sought: LitDoc | null;
  theme: 'light' | 'dark';
  change: ChangeView;
  onToggle(group: string): void;
};

const Waiting = ({ connection, cluster }: { connection: Connection; cluster: ClusterDoc | null }) => {
  if (connection.state === 'refused') {
    const { problem } = connection;
    return problem.status === 401 ? (
      <Message
        title="Open the URL that the terminal printed"
        text="Busbar answers only to the browser that has its one-time token; this page came without it, or Busbar was started again."
        command="npm start"
      />
    ) : (
      <Message title={problem.message} text={problem.detail} />
    );
  }
  if (connection.state === 'lost')
    return (
      <Message
        title="Busbar does not answer"
        text="The page tries again by itself. If Busbar was stopped, start it and open the URL that it prints."
        command="npm start"
      />
    );
  if (cluster?.health.state === 'failed')
    return (
      <Message title="The cluster could not be read" text={cluster.health.detail} command="kubectl cluster-info" />
    );
  return (
    <div style={{ padding: '18px 24px' }} role="status" aria-label="Loading the picture">
      <Skeleton height={96} mb={28} />
      <Skeleton height={6} mb={34} />
      <Skeleton height={6} mb={34} />
      <Skeleton height={6} />
    </div>
  );
};

const Empty = ({ doc, view, change }: { doc: GraphDoc; view: View; change: ChangeView }) => {
  if (doc.totals.workloads > 0) {
    const filtered = view.hide !== '' || view.namespaces.length > 0 || view.states.length > 0;
    return (
      <Message
        title="Nothing matches"
        text={`${doc.totals.workloads.toLocaleString('en-US')} pods are there${filtered ? ', but none passes the filter.' : ', but none is drawn.'}`}
        action={
          filtered
            ? { label: 'Clear the filter', run: () => change({ hide: '', namespaces: [], states: [] }) }
            : undefined
        }
      />
    );
  }
  return (
    <Message
      title="No pods yet"
      text="The source was read and holds no pods. They appear here as soon as they are created."
      command="kubectl get pods -A"
    />
  );
};

const isEmpty = (doc: GraphDoc): boolean =>
  isPicture(doc) ? doc.totals.cards === 0 && doc.totals.drawnNetworks === 0 : doc.totals.shownWorkloads === 0;

/** Rows stay until the picture that is asked for is there. */
const useRowsUntil = (lens: Lens, doc: GraphDoc | null): Lens => {
  const last = useRef<Lens>('table');
  useEffect(() => {
    if (isOfRows(lens)) last.current = lens;
  }, [lens]);
  return isOfRows(lens) || !doc || isPicture(doc) ? lens : last.current;
};

/** The middle of the page: the lens, or why there is nothing to see. */
export const Picture = ({ view, doc, cluster, findings, sought, theme, change, onToggle }: Props) => {
  // The cells of the table are made with it: another one would put new cells in the place of those that have the focus.
  const onSelect = useCallback((select: string | null) => change({ select }), [change]);
  const connection = useLive((state) => state.connection);
  const changed = useLive((state) => state.changed);
  const shown = useLive((state) => state.shown);
  const lens = useRowsUntil(view.lens, doc);
  if (!doc || connection.state === 'refused') return <Waiting connection={connection} cluster={cluster} />;
  if (isEmpty(doc) && cluster?.health.state !== 'loading') return <Empty doc={doc} view={view} change={change} />;
  if (lens === 'matrix')
    return (
      <Suspense>
        <MatrixView view={view} onSelect={onSelect} onShow={change} />
      </Suspense>
    );
  if (lens === 'table' || !isPicture(doc))
    return (
      <Suspense>
        <TableView view={view} onSelect={onSelect} onShow={change} />
      </Suspense>
    );
  const Drawn = pictureOf(doc);
  return (
    <Suspense>
      <Drawn
        doc={doc}
        shown={shown ?? view}
        cluster={cluster ? [cluster.source.kind, cluster.source.context, cluster.source.name].join(':') : 'unknown'}
        theme={theme}
        select={view.select}
        finding={findings?.findings.find((one) => one.id === view.select) ?? null}
        sought={sought}
        changed={changed}
        onSelect={onSelect}
        onToggle={onToggle}
      />
    </Suspense>
  );
};
