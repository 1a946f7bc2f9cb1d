import type { Change, Ref, SourceState } from '../kube/object.ts';
import type {
  Attachment,
  ClusterInfo,
  Condition,
  Edge,
  Finding,
  Interface,
  Network,
  NodeDevice,
  Pool,
  Requested,
  Topology,
  Workload,
} from '../model/topology.ts';

/** One event about a workload, as kept by the engine: the message shortened to 2,048 characters, times in ms since the epoch. */
export type EventRecord = {
  ref: Ref;
  type: string;
  reason: string;
  message: string;
  component: string;
  first: number;
  last: number;
  count: number;
  /** Cause read from the message, where it tells one. */
  slug?: string;
  /** The decisive words within `message`. */
  mark?: { offset: number; length: number };
};

export type NodeInfo = {
  name: string;
  ready: boolean;
  conditions: Condition[];
  podCidrs: string[];
  allocatable: Record<string, string>;
  addresses: string[];
  /** Whether the CNI meta-plugin's daemon runs there, as far as its pods tell. */
  multus: 'running' | 'absent' | 'unknown';
  labels: Record<string, string>;
};

/**
 * What is at hand of every attachment: as much as pictures, lists and filters need. The whole of it is put together when it is asked for
 * (`attachmentsOf`), which is for what somebody looks at.
 */
export type Plug = Pick<Attachment, 'slot' | 'provider' | 'network' | 'state' | 'reason'> & {
  requested: Pick<Requested, 'network' | 'interface' | 'ips'> | null;
  /** null: nobody reports it. Addresses are put together each time they are asked for. */
  interface: (Pick<Interface, 'name' | 'addresses'> & { mac?: string | undefined }) | null;
};

/** What one `apply` changed. Ids of things that are gone are listed as well: look them up to tell. */
export type Applied = {
  revision: number;
  workloads: string[];
  networks: string[];
  nodes: string[];
  pools: string[];
  findings: string[];
  sources: boolean;
  /** Time was over before everything was judged: call `apply([], now)` again. */
  more?: true;
};

/** How much one `apply` does: it stops soon after `isOver` says true, and judges `workloadsOnly` while more of them are to come. */
export type Turn = { isOver?: () => boolean; workloadsOnly?: boolean };

/**
 * The incremental engine: objects in, topology and findings out. Law: for any sequence of changes its topology equals that of a
 * fresh engine given the final objects. Reading is cheap and never changes anything; lists come in no particular order unless stated.
 */
export type Engine = {
  readonly revision: number;
  /**
   * `now`: ms since the epoch. `apply([], now)` visits only what has come due. What a turn leaves is done by the next calls, and until
   * then some workloads show what they were: it answers `more`.
   */
  apply(changes: readonly Change[], now: number, turn?: Turn): Applied;
  /**
   * What the topology would be after some changes: `look` reads this engine while they hold, then everything is as it was. Costs what
   * the changes touch. Availability of kinds cannot be previewed. Throws where there are no objects (a snapshot).
   */
  preview<T>(changes: readonly Change[], look: () => T): T;
  /** Takes changes in and concludes nothing yet: the next `apply` does, once for all of them. For who answers only once. */
  ingest(changes: readonly Change[]): void;
  /** When `apply([], t)` has something to do next; null: never. */
  nextDeadline(): number | null;

  counts(): { workloads: number; attachments: number; networks: number; nodes: number; objects: number };
  workloads(): Iterable<Workload>;
  workload(id: string): Workload | undefined;
  /** In slot order. */
  plugsOf(workload: string): readonly Plug[];
  /** The same with all that is known of them. To be asked of few workloads at a time. */
  attachmentsOf(workload: string): readonly Attachment[];
  attachment(id: string): Attachment | undefined;
  networks(): Iterable<Network>;
  network(id: string): Network | undefined;
  /** Network that an alias key (`nad:ns/name`) stands for, present or not asked for. */
  networkByAlias(alias: string): Network | undefined;
  /** Ids of attachments on a network, or of those that asked for an alias that nothing answers (`nad:ns/name`). */
  membersOf(networkOrAlias: string): Iterable<string>;
  /** Text of the CNI config of a network and the object it is in. */
  configsOf(network: string): { ref: Ref; text: string }[];
  nodes(): Iterable<NodeInfo>;
  node(name: string): NodeInfo | undefined;
  workloadsOnNode(name: string): Iterable<string>;
  namespaces(): Iterable<string>;
  pools(): Iterable<Pool>;
  nodeDevices(): Iterable<NodeDevice>;
  /** Devices of one node, by id. */
  devicesOf(node: string): readonly NodeDevice[];
  edges(): Iterable<Edge>;
  /** Newest first. */
  eventsOf(workload: string): EventRecord[];

  /** By severity, then number of subjects, then code and id. */
  findings(): Finding[];
  finding(id: string): Finding | undefined;
  /** Findings with this attachment, workload, network, node or pool among their subjects, the root cause first. */
  findingsOf(subject: string): Finding[];

  sources(): SourceState[];
  /** Workload ids, attachment ids and network ids that an address, MAC or name stands for; at most `limit`. */
  lookup(
    text: string,
    limit: number,
  ): { type: 'workload' | 'attachment' | 'network' | 'node'; id: string; field: string }[];
  topology(cluster: Omit<ClusterInfo, 'sources'>, takenAt: string): Topology;
};
