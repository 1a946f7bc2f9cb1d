import type { AttachmentState, NetworkRole, Severity } from '../model/topology.ts';
import type { DeltaOf, Health, LensDoc } from './lens-doc.ts';
import type { NodesDoc } from './nodes-doc.ts';

/** What is drawn, and no more: the result of projecting a topology through a view. `lens` tells which document it is. */
export type GraphDoc = PictureDoc | TotalsDoc;
export type GraphDelta = DeltaOf<RailsDoc> | DeltaOf<NodesDoc> | DeltaOf<TotalsDoc>;
/** What can be drawn. */
export type PictureDoc = RailsDoc | NodesDoc;
export const isPicture = (doc: GraphDoc): doc is PictureDoc => doc.lens !== 'totals';

/** Behind `table` and `matrix`, which read their rows elsewhere: the numbers that stand beside them. */
export type TotalsDoc = LensDoc<'totals'>;

/** The lens `rails`. */
export type RailsDoc = LensDoc<'rails'> & {
  bands: Band[];
  rails: Rail[];
  cards: Card[];
  drops: Drop[];
};

/** A labelled group of columns: a namespace, a node or an owner. */
export type Band = { id: string; label: string };

export type Rail = {
  id: string;
  /** Id of the network; null for a ghost: a network that was asked for and does not exist. */
  network: string | null;
  name: string;
  namespace?: string;
  technology: string;
  /** Second line: subnet, VLAN, or why it is a ghost. */
  detail: string;
  role: NetworkRole;
  ghost: boolean;
  /** Of a rail that stands for many: how many networks have none of their own. */
  networks?: number;
  /** Attachments of the workloads that are shown (of a rail that stands for many: those that are drawn on it), and the worst state among them. */
  count: number;
  worst: AttachmentState;
  /** Worst severity of the findings about the network itself. */
  severity?: Severity;
  /** 0..n: index of the categorical colour, stable for a network's id. */
  hue: number;
};

export type Card = {
  id: string;
  band: string;
  kind: 'pod' | 'vm' | 'group';
  name: string;
  namespace: string;
  count: number;
  /** Id of the workload when count is 1. */
  workload?: string;
  /** Names of members, at most 20; none of a large group whose pods differ. All are in `GET workloads?card=`. */
  members: string[];
  health: Health;
  /** 'running', 'failing', 'creating', '0 of 1' ... */
  status: string;
  ports: Port[];
  /** What `view.open` holds to show this group in its parts; on the pods of an open group: what it is called. */
  group?: string;
  /** What `view.open` holds that this card is shown apart from a coarser one. */
  within?: string;
  expandable: boolean;
  expanded?: boolean;
};

/**
 * One port per attachment slot of the card's workloads, in slot order. Where they differ, one for each rail and state, without an
 * interface and with a count of attachments.
 */
export type Port = { key: string; interface: string; state: AttachmentState; rail: string | null; count?: number };

export type Drop = {
  id: string;
  card: string;
  /** Index into the card's ports. */
  port: number;
  rail: string;
  state: AttachmentState;
  interface: string;
  /** Attachments this one line stands for. */
  count: number;
  severity?: Severity;
};
