import type { EventRecord, NodeInfo } from '../engine/engine-api.ts';
import type { Ref, SourceState } from '../kube/object.ts';
import type {
  Address,
  Attachment,
  AttachmentState,
  Finding,
  Network,
  NodeDevice,
  Pool,
  Severity,
  Workload,
} from '../model/topology.ts';

/** The documents that the HTTP API serves and the inspector shows. One builder each, in this folder. */

export type SourceInfo = {
  kind: 'cluster' | 'dump' | 'snapshot' | 'demo';
  name: string;
  context?: string;
  server?: string;
  version?: string;
  namespaces?: string[];
  takenAt?: string;
};

export type HealthInfo = {
  state: 'connecting' | 'loading' | 'live' | 'reconnecting' | 'stopped' | 'failed';
  /** ms since the epoch */
  since: number;
  detail?: string;
  loaded?: number;
  expected?: number;
};

export type ClusterDoc = {
  revision: number;
  /** The server's clock, ms since the epoch; ages are relative to it (for a dump: to when it was taken). */
  now: number;
  source: SourceInfo;
  health: HealthInfo;
  counts: { workloads: number; attachments: number; networks: number; nodes: number };
  findings: Record<Severity, number>;
  /** Workloads with at least one error finding. */
  brokenWorkloads: number;
  rules: number;
  providers: { id: string; title: string }[];
  namespaces: { name: string; workloads: number; broken: number }[];
  sources: SourceState[];
};

export type NetworkSummary = Pick<
  Network,
  'id' | 'name' | 'namespace' | 'provider' | 'technology' | 'role' | 'subnets' | 'vlan' | 'mtu'
>;
export type WorkloadSummary = Pick<Workload, 'id' | 'kind' | 'namespace' | 'name' | 'node' | 'phase' | 'ready'> & {
  worst: AttachmentState;
};

/** Asked-for beside reported. `differs` only where both are known and contradict. */
export type Comparison = {
  field: 'network' | 'interface' | 'address' | 'MAC' | 'MTU' | 'default route' | 'VLAN';
  asked: string | null;
  reported: string | null;
  differs: boolean;
};

export type AttachmentDoc = Attachment & {
  networkSummary: NetworkSummary | null;
  comparison: Comparison[];
  findings: Finding[];
};

export type WorkloadDoc = {
  revision: number;
  workload: Workload;
  attachments: AttachmentDoc[];
  /** Findings about the workload that belong to no single attachment. */
  findings: Finding[];
  events: EventRecord[];
  /** The launcher pods behind a virtual machine, the machine in front of its pod. */
  behind: WorkloadSummary[];
  /** Other members of its secondary networks; at most 20 each. */
  neighbours: { network: string; name: string; members: Member[]; total: number }[];
};

export type Member = {
  attachment: string;
  workload: string;
  namespace: string;
  name: string;
  node?: string;
  interface?: string;
  addresses: Address[];
  mac?: string;
  state: AttachmentState;
};

export type NetworkDoc = {
  revision: number;
  /** null: nothing of that name exists, though something asks for it. */
  network: Network | null;
  /** The id, or the alias asked for (`nad:ns/name`). */
  id: string;
  name: string;
  configs: { ref: Ref; text: string }[];
  /** At most 500, in order of namespace and name; `total` says how many there are. */
  members: Member[];
  total: number;
  states: Partial<Record<AttachmentState, number>>;
  pools: Pool[];
  findings: Finding[];
};

export type NodeDoc = {
  revision: number;
  node: NodeInfo;
  /** NICs, bonds, VLANs, bridges, VFs, as far as anything reports them; at most 1,000. */
  devices: NodeDevice[];
  workloads: WorkloadSummary[];
  total: number;
  findings: Finding[];
};

export type FindingsDoc = {
  revision: number;
  findings: (Finding & { workloads: number; namespaces: string[] })[];
  checked: { rules: number; attachments: number; workloads: number };
  /** Kinds that could not be read: what was not checked. */
  unread: SourceState[];
};

export type SearchHit = {
  type: 'workload' | 'network' | 'node' | 'attachment' | 'finding' | 'rule';
  id: string;
  title: string;
  subtitle: string;
  /** What matched: 'name', 'ip', 'mac', 'cidr', 'code' ... */
  field: string;
  /** Where the pod runs. */
  node?: string;
};
export type SearchDoc = { query: string; hits: SearchHit[]; more: boolean; error?: string };

/** What of a view a query or a finding is about. */
export type LitDoc = {
  revision: number;
  /** How many are meant, drawn or not. */
  workloads: number;
  /** Cards with how many of their pods are meant and the rails on which those are plugged in. */
  cards: { id: string; count: number; rails: string[] }[];
  /** Networks that are meant by themselves. */
  networks: string[];
  /** Why the query could not be read. */
  error?: string;
};

/** A rule's page. */
export type RuleDoc = {
  code: string;
  title: string;
  severity: Severity;
  family: string;
  why: string;
  fix: string;
  slugs: string[];
  example: string;
};

/** Result of classifying a pasted message. */
export type ExplainDoc = {
  code: string | null;
  slug: string;
  confidence: string;
  domain: string;
  captures: Record<string, string>;
  title: string;
  cause: string;
  fix: string;
  next: string[];
};
