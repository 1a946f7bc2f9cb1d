/**
 * A kind that Busbar reads. The live source discovers and watches these, the RBAC manifest grants exactly these, the demo
 * API serves their CRDs. `versions` in order of preference. `optional`: its absence is normal.
 */
export type WatchedKind = {
  group: string;
  versions: string[];
  resource: string;
  kind: string;
  namespaced: boolean;
  optional: boolean;
  /** One line for the rights panel: what is lost when it cannot be read. */
  why: string;
  /** Read only these objects (`metadata.name`), where a whole kind would be too much to ask for (ConfigMaps). */
  names?: string[];
};

export type GroupKind = { group: string; kind: string };

/** Stable key of a kind, whatever its version. */
export const kindKey = (kind: GroupKind): string => `${kind.group}/${kind.kind}`;
