import type { RailsDoc } from '@busbar/shared/graph/graph-doc';
import type { RailsLayout } from '@busbar/shared/graph/layout/rails';
import type { LitDoc } from '@busbar/shared/inspect/documents';
import { workloadOfAttachment } from '@busbar/shared/model/ids';
import type { Finding } from '@busbar/shared/model/topology';
import { useMemo } from 'react';
import {
  cardsOfWorkloads,
  litElements,
  namesAll,
  type Touched,
  touchedByFinding,
  touchedByLit,
  touchedByNetwork,
} from './emphasis.ts';

type Input = {
  doc: RailsDoc;
  layout: RailsLayout;
  select: string | null;
  finding: Finding | null;
  sought: LitDoc | null;
};

/** Which card is selected, and what stays lit while the rest steps back. */
export const useEmphasis = ({ doc, layout, select, finding, sought }: Input) => {
  const workloads = useMemo(() => cardsOfWorkloads(doc), [doc]);
  const selectedCard = useMemo(() => {
    if (!select) return null;
    return layout.cards.has(select) ? select : (workloads.get(workloadOfAttachment(select)) ?? null);
  }, [layout, workloads, select]);
  const touched = useMemo((): Touched | null => {
    if (finding && namesAll(doc, finding)) return touchedByFinding(doc, finding);
    if (sought) return touchedByLit(doc, sought);
    return select && !selectedCard ? touchedByNetwork(doc, select) : null;
  }, [doc, finding, sought, select, selectedCard]);
  const lit = useMemo(() => touched && litElements(touched, layout), [touched, layout]);
  return { selectedCard, touched, lit };
};
