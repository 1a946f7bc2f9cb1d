import type { AttachmentState, NetworkRole, Severity } from '../model/topology.ts';

/**
 * What is drawn, and no more: the result of projecting a topology through a view. Every list is in drawing order, every
 * item has a stable id, so that two documents differ by a `GraphDelta`. Positions are not in here: they are computed from
 * it by `graph/layout/`.
 */
export type GraphDoc = {
  revision: number;
  lens: string;
  totals: GraphTotals;
  bands: Band[];
  rails: Rail[];
  cards: Card[];
  drops: Drop[];
};

export type GraphTotals = {
  /** Workloads of the whole source, and how many pass the filter; cards stand for exactly the latter. */
  workloads: number;
  shownWorkloads: number;
  cards: number;
  networks: number;
  drawnNetworks: number;
  attachments: number;
  states: Partial<Record<AttachmentState, number>>;
  /** Workloads with at least one error finding. */
  brokenWorkloads: number;
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
  /** Attachments drawn on it, and the worst state among them. */
  count: number;
  worst: AttachmentState;
  /** Worst severity of the findings about the network itself. */
  severity?: Severity;
  /** 0..n: index of the categorical colour, stable for a network's id. */
  hue: number;
};

export type Health = 'ok' | 'pending' | 'warning' | 'failing' | 'ended' | 'unknown';

export type Card = {
  id: string;
  band: string;
  kind: 'pod' | 'vm' | 'group';
  name: string;
  namespace: string;
  count: number;
  /** Id of the workload when count is 1. */
  workload?: string;
  /** Names of some members, at most 20, for the group's inspector; all are in `GET workloads?card=`. */
  members: string[];
  health: Health;
  /** 'running', 'failing', 'creating', '0 of 1' ... */
  status: string;
  ports: Port[];
  /** What `view.open` holds to show the pods of this group one by one; the same on each of them while it is open. */
  group?: string;
  expandable: boolean;
  expanded?: boolean;
};

/** One port per attachment slot of the card's workloads, in slot order. */
export type Port = { key: string; interface: string; state: AttachmentState; rail: string | null };

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

/** Keyed difference between two documents of one view. `order` lists the ids anew only where the order changed. */
export type GraphDelta = {
  from: number;
  to: number;
  totals: GraphTotals;
  bands?: ListDelta<Band>;
  rails?: ListDelta<Rail>;
  cards?: ListDelta<Card>;
  drops?: ListDelta<Drop>;
};

export type ListDelta<T> = { put: T[]; gone: string[]; order?: string[] };
