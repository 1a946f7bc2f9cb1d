import type { Ref, SourceState } from '../kube/object.ts';

/** Where a statement comes from. `path` is a JSON pointer into the object, `value` a short excerpt (at most 400 characters). */
export type Evidence = {
  ref: Ref;
  path: string;
  value?: string;
  mark?: { offset: number; length: number };
  at?: string;
  count?: number;
};

export type Alias = { scheme: string; value: string };

export type Condition = {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
};

export type NetworkRole = 'cluster-default' | 'primary' | 'secondary';

export type Uplink = { node?: string; device?: string; physicalNetwork?: string; resourceName?: string };

export type Network = {
  id: string;
  /** The name a person would use. */
  name: string;
  namespace?: string;
  provider: string;
  /** 'macvlan', 'bridge', 'ovn-layer2', 'dra.net', 'unknown' ... */
  technology: string;
  role: NetworkRole;
  aliases: Alias[];
  objects: Ref[];
  subnets: string[];
  gateways: string[];
  vlan?: number;
  mtu?: number;
  uplinks: Uplink[];
  pools: string[];
  conditions: Condition[];
};

export type WorkloadKind = 'Pod' | 'VirtualMachineInstance';

export type Workload = {
  id: string;
  kind: WorkloadKind;
  namespace: string;
  name: string;
  uid?: string;
  node?: string;
  /** `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown`, or `Terminating` once it has a deletionTimestamp. */
  phase: string;
  ready: boolean;
  hostNetwork: boolean;
  owner?: { kind: string; name: string };
  labels: Record<string, string>;
  startedAt?: string;
};

export type Dns = { nameservers?: string[]; domain?: string; search?: string[]; options?: string[] };

/** A device behind an interface: `type` is pci, vdpa, vhost-user, memif, dra; the rest as reported. */
export type Device = { type: string; id?: string; resourceName?: string; details: Record<string, string> };

export type Address = { ip: string; prefixLength?: number };

export type Interface = {
  name?: string;
  addresses: Address[];
  mac?: string;
  mtu?: number;
  isDefault?: boolean;
  gateways?: string[];
  dns?: Dns;
  device?: Device;
};

export type AttachmentState =
  | 'attached'
  | 'mismatch'
  | 'failed'
  | 'blocked'
  | 'pending'
  | 'missing'
  | 'unexpected'
  | 'ended'
  | 'ignored'
  | 'unknown';

/** In the order in which an eye should be drawn to them: worst first. */
export const attachmentStates: readonly AttachmentState[] = [
  'failed',
  'mismatch',
  'missing',
  'blocked',
  'ignored',
  'unexpected',
  'unknown',
  'pending',
  'attached',
  'ended',
];

export type Requested = {
  /** As requested; `ns/name` for a NAD. Empty when the request cannot be read. */
  network: string;
  namespace?: string;
  interface?: string;
  ips?: string[];
  mac?: string;
  source: Evidence;
};

export type Observed = { source: Evidence; provider: string; interface: Interface };

export type Attachment = {
  id: string;
  workload: string;
  /** 0 = the default network, then requests in order, then what was never requested. */
  slot: number;
  implicit: boolean;
  provider: string;
  /** Id of the network, null when what was asked for does not exist. */
  network: string | null;
  requested: Requested | null;
  observed: Observed[];
  /** Merge of the observations, per field by rank of source. */
  interface: Interface | null;
  state: AttachmentState;
  /** One sentence: why this state. */
  reason?: string;
};

export type Pool = {
  id: string;
  provider: string;
  name: string;
  namespace?: string;
  range: string;
  /** Decimal strings: ranges may be larger than 2^53. */
  total: string;
  used: string;
  networks: string[];
  allocations: { ip: string; podRef?: string; interface?: string; object: Ref }[];
};

export type NodeDevice = {
  id: string;
  node: string;
  provider: string;
  kind: string;
  name: string;
  parent?: string;
  resourceName?: string;
  details: Record<string, string>;
};

export type EdgeKind = 'implements' | 'generates' | 'uplink' | 'runs-on' | 'backs' | 'policy';
export type Edge = { id: string; kind: EdgeKind; from: string; to: string };

export type Severity = 'error' | 'warning' | 'info';
export type Confidence = 'certain' | 'likely' | 'possible';

export type Subject =
  | { type: 'attachment' | 'workload' | 'network' | 'pool' | 'node' | 'policy'; id: string }
  | { type: 'object'; ref: Ref };

export type Fix = { text: string; commands?: string[]; patch?: string };

export type Finding = {
  id: string;
  /** 'MN104': the rule. */
  code: string;
  /** The most specific cause: an id of the failure catalogue. */
  slug: string;
  severity: Severity;
  confidence: Confidence;
  title: string;
  message: string;
  cause: string;
  fix: Fix;
  subjects: Subject[];
  evidence: Evidence[];
  docs: string;
  /** Id of the finding that this one merely follows from. */
  follows?: string;
};

export type ClusterInfo = { name: string; version?: string; sources: SourceState[] };

/** The snapshot document: every list sorted by id, so that equal states give equal bytes but for `takenAt`. */
export type Topology = {
  apiVersion: 'busbar/v1';
  kind: 'Topology';
  takenAt: string;
  cluster: ClusterInfo;
  networks: Network[];
  workloads: Workload[];
  attachments: Attachment[];
  pools: Pool[];
  nodeDevices: NodeDevice[];
  edges: Edge[];
  findings: Finding[];
};
