/** Everything that decides what is drawn. It is the URL: see `view/url.ts`. */
export type View = {
  lens: Lens;
  /** Bands by namespace, node or owner. */
  by: 'namespace' | 'node' | 'owner';
  /** Empty: all namespaces. */
  namespaces: string[];
  /** Empty: all. 'broken' is short for failed, mismatch, missing and blocked. */
  states: string[];
  /** Query that must match to be drawn; the same language as `find`. */
  hide: string;
  /** Query that is highlighted. */
  find: string;
  /** Ids of opened cards. */
  open: string[];
  /** Also draw networks without any attachment. */
  idle: boolean;
  /** Draw the cluster default network. */
  defaultNetwork: boolean;
  /** Id of what the inspector shows: a workload, network, node, attachment or finding. */
  select: string | null;
  /** What the rows of the matrix or the table are sorted by, with a '-' before it from last to first; '' as the lens has it. */
  sort: string;
  /** Code of the rule whose page is open. */
  rule: string | null;
};

/** In the order in which they are offered. */
export const lenses = ['rails', 'nodes', 'matrix', 'table'] as const;
export type Lens = (typeof lenses)[number];

export const defaultView: View = {
  lens: 'rails',
  by: 'namespace',
  namespaces: [],
  states: [],
  hide: '',
  find: '',
  open: [],
  idle: false,
  defaultNetwork: true,
  select: null,
  sort: '',
  rule: null,
};
