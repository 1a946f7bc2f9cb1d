import type { Card, GraphDoc } from '@busbar/shared/graph/graph-doc';
import type { AttachmentState } from '@busbar/shared/model/topology';

/** One line of the ledger: one interface of one card. The rows say exactly what the picture shows. */
export type Row = {
  id: string;
  select: string;
  namespace: string;
  name: string;
  count: number;
  status: string;
  interface: string;
  network: string;
  networkId: string | null;
  technology: string;
  state: AttachmentState | null;
};

const selectOf = (card: Card, key?: string): string =>
  card.workload ? (key === undefined ? card.workload : `${card.workload}#${key}`) : card.id;

export const tableRows = (doc: GraphDoc): Row[] => {
  const rails = new Map(doc.rails.map((rail) => [rail.id, rail]));
  return doc.cards.flatMap((card): Row[] => {
    const base = { namespace: card.namespace, name: card.name, count: card.count, status: card.status };
    if (card.ports.length === 0)
      return [
        {
          ...base,
          id: card.id,
          select: selectOf(card),
          interface: '',
          network: '',
          networkId: null,
          technology: '',
          state: null,
        },
      ];
    return card.ports.map((port) => {
      const rail = port.rail === null ? undefined : rails.get(port.rail);
      return {
        ...base,
        id: `${card.id}|${port.key}`,
        select: selectOf(card, port.key),
        interface: port.interface,
        network: rail?.name ?? port.rail ?? '',
        networkId: rail ? (rail.network ?? rail.id) : port.rail,
        technology: rail ? [rail.technology, rail.detail].filter(Boolean).join(' · ') : '',
        state: port.state,
      };
    });
  });
};
