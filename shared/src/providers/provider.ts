import type { IpamDescription } from '../cni/ipam/ipam.ts';
import type { NetworkConfig } from '../cni/network-config.ts';
import type { SelectionElement } from '../cni/selection.ts';
import type { EventRecord, NodeInfo } from '../engine/engine-api.ts';
import type { Issue } from '../kube/issue.ts';
import type { KubeObject, Ref } from '../kube/object.ts';
import type { GroupKind, WatchedKind } from '../kube/watched-kind.ts';
import type { AddedInterface } from '../messages/added-interface.ts';
import type { Verdict } from '../messages/types.ts';
import type {
  Alias,
  Condition,
  Edge,
  Evidence,
  Interface,
  NetworkRole,
  Requested,
  Uplink,
  Workload,
} from '../model/topology.ts';
import type { BridgeClaim } from './bridge-claims.ts';
import type { NodeDeviceReport, VfOffer } from './device-claims.ts';
import type {
  DeviceReport,
  DrawClaim,
  GrantClaim,
  NamespaceClaim,
  SliceDeviceClaim,
  SlicePoolClaim,
  TaintRuleClaim,
} from './grant-claims.ts';
import type { NetworkKindClaim } from './network-kind-claims.ts';
import type { ObjectEventClaim } from './object-event.ts';
import type { PartClaim } from './part-claims.ts';
import type { EnforcerClaim, PolicyClaim, Selector } from './policy-claims.ts';
import type {
  IpamClaimClaim,
  NamespacePoolClaim,
  PoolClaim,
  PoolShareClaim,
  ReservationClaim,
  Segment,
  SliceClaim,
} from './pool-claims.ts';

/**
 * A provider reads the objects of one multi-network API and says what they claim. It is a function of one object: it knows nothing
 * of other objects, of other providers, of rules or of drawing. What needs two objects is joined by the engine through the keys in the
 * claims (workload id, network alias, node, owner). It never throws on user data and never keeps the object.
 */
export type Provider = {
  id: string;
  title: string;
  /** The kinds of its API. They are watched, and it is asked about their objects. */
  kinds: readonly WatchedKind[];
  /** Kinds that other providers watch and that it is asked about too. It is asked about nothing else. */
  reads?: readonly GroupKind[];
  claims: (object: KubeObject) => Claims;
};

export type Claims = {
  workload?: WorkloadClaim;
  requests?: RequestClaim[];
  observations?: ObservationClaim[];
  networks?: NetworkClaim[];
  report?: ReportClaim;
  /** Names that something reports for a network it does not define. Counted: the commonest wins. */
  hints?: { alias: Alias; name: string }[];
  event?: EventClaim;
  node?: NodeClaim;
  /** Requests written on the owner of pods, where nothing reads them. Key: `ownerKey`. */
  inherited?: { owner: string; requests: RequestClaim[] };
  pools?: PoolClaim[];
  poolShares?: PoolShareClaim[];
  namespacePool?: NamespacePoolClaim;
  bridges?: BridgeClaim[];
  networkKinds?: NetworkKindClaim[];
  reservations?: ReservationClaim[];
  slices?: SliceClaim[];
  ipamClaims?: IpamClaimClaim[];
  policies?: PolicyClaim[];
  enforcers?: EnforcerClaim[];
  devices?: NodeDeviceReport[];
  vfOffers?: VfOffer[];
  /** A workload that is shown where no other object claims it: a machine that does not run. */
  standIn?: { workload: WorkloadClaim; requests: RequestClaim[] };
  edges?: Edge[];
  grants?: GrantClaim[];
  draws?: DrawClaim;
  namespace?: NamespaceClaim;
  sliceDevices?: SliceDeviceClaim[];
  slicePools?: SlicePoolClaim[];
  taintRules?: TaintRuleClaim[];
  settings?: MultusSettings;
  answer?: AnswerClaim;
  objectEvent?: ObjectEventClaim;
  parts?: PartClaim[];
};

/** A pod as the engine keeps it: what is shown, and what the verdicts need. */
export type WorkloadClaim = {
  workload: Workload;
  ref: Ref;
  /** ms since the epoch */
  createdAt: number;
  /** Never seen by an API server: a manifest, or the pod that a template would make. */
  planned: boolean;
  /** Has a deletionTimestamp. */
  terminating: boolean;
  /** ms since the epoch: when the grace period of its deletion ends. */
  deletionAt?: number;
  /** Phase Succeeded or Failed. */
  finished: boolean;
  /** The sandbox exists: a container has started, or the pod has an address. */
  sandbox: boolean;
  /** No container runs, and the kubelet does not say whether the sandbox stands: `sandbox` is inferred from an address. */
  idle: boolean;
  podIps: string[];
  /** `ns/Kind/name` of the controller, a ReplicaSet resolved to its Deployment by the pod-template-hash label. */
  ownerKey?: string;
  /** Extended resources that containers ask for: name -> quantity. */
  resources: Record<string, number>;
  /** Some device of it comes through DRA. */
  resourceClaims?: true;
  /** Names of scheduling gates that hold it back. */
  gates?: string[];
  /** Message of PodScheduled=False. */
  unschedulable?: string;
  /** Reasons of waiting containers other than ContainerCreating and PodInitializing. */
  waiting: string[];
  /** Of a virtual machine: what it says of itself. */
  conditions?: Condition[];
  /** Of a machine that is on its way: the pod that it is in, and the one that it goes to. */
  migration?: { from?: string; to?: string };
  /** What the VirtualMachine of a machine that runs would make of it at the next start. */
  template?: { ref: Ref; conditions: Condition[]; networks: Requested[] };
  /** This pod is a daemon of Multus on its node. */
  multusDaemon: boolean;
};

export type RequestClaim = {
  workload: string;
  /** Position in the annotation or list; the default network's own request is 'default'. */
  index: number | 'default';
  /** Where the name leads; null when the request cannot be read at all. */
  alias: Alias | null;
  /** What else the name may mean: where no object defines `alias`, the first of these that one does. */
  others?: Alias[];
  /** Names of the pools that its addresses are to come from, where it says. */
  fromPools?: string[];
  requested: Requested;
  /** The interface name that it will get, by the API's own numbering. */
  interface: string | null;
  /** Nobody acts on it, and why. */
  inert?: { slug: string; reason: string; key: string; meant: string };
  issues: RequestIssue[];
  /** Read from text that the API refuses: what was probably meant. */
  guess: boolean;
  element?: SelectionElement;
  /** Nobody wrote it: it follows from where the workload is. */
  implicit?: true;
  /** The device that it came down to, where it was given one by DRA. */
  device?: DeviceReport;
  /** Objects without which it cannot be met. */
  needs?: NeedClaim[];
  /**
   * No request of its own: it adds what it says to the one for the same network (`alias`), the same `interface`, or to each where it
   * names neither. An address in an annotation that another reads than the one which asks for the network.
   */
  adds?: true;
};

/** An object that a request names: a pool by its key, or a network by its alias. */
export type NeedClaim = {
  of: 'pool' | 'network';
  group: string;
  kind: string;
  name: string;
  key: string;
  source: Evidence;
};

export type RequestIssue = Issue & { fatal?: boolean };

export type ObservationClaim = {
  workload: string;
  /** null: the reporter does not name the network. */
  alias: Alias | null;
  /** The reporter's own words for the network. */
  name: string;
  interface: Interface;
  /** Higher outranks lower, field by field. */
  rank: number;
  isDefault: boolean;
  source: Evidence;
  /**
   * 'status': complete list of what is there. 'part': something that is there by its interface name, and not the whole. 'hint': adds to
   * what is known, proves nothing by its absence. 'plan': what was decided for the workload; where a complete list exists, only that
   * shows that it came true.
   */
  weight: 'status' | 'part' | 'hint' | 'plan';
  /** Of the pod that it speaks of, where it tells: nothing is said of a later pod of that name. */
  uid?: string;
  /** Index of the request of the same provider that it answers, where the name of the interface tells. */
  index?: number;
  /** The device of DRA that it speaks of: `driver/pool/device`. */
  device?: string;
  madeWith?: MadeWith;
};

/** The CNI config with which an interface was made, where a node has kept it. */
export type MadeWith = { read: NetworkConfig; source: Evidence };

/** What a node answered about one pod sandbox, in a file. */
export type AnswerClaim = {
  ref: Ref;
  /** How a person would call it. */
  title: string;
  /** Id of the pod that it names, whether that exists or not; absent where it names none. */
  workload?: string;
  uid?: string;
  node?: string;
  /** Of the node itself: which of its networks pods can be attached to. `path`: in the object. */
  networks?: { name: string; ready: boolean; path: string }[];
};

/** What the reading of a pod's network-status found wrong with it, beside the observations that it yields. */
export type ReportClaim = { workload: string; source: Evidence; issues: Issue[]; deprecated: boolean };

export type NetworkClaim = {
  /** One of very many that each say a little (a node its range): what they have in common the first says for all. */
  partial?: true;
  /** Of several claims on one network the higher names it and is asked first; 0 if absent. */
  rank?: number;
  aliases: Alias[];
  ref: Ref;
  name: string;
  namespace?: string;
  technology: string;
  role: NetworkRole;
  subnets: string[];
  gateways: string[];
  vlan?: number;
  mtu?: number;
  uplinks: Uplink[];
  conditions: Condition[];
  /** The text and reading of a CNI config, where the object carries one. */
  config?: { text: string; path: string; read: NetworkConfig };
  resourceName?: string;
  issues: Issue[];
  /** ms since the epoch */
  createdAt: number;
  /** ms since the epoch: when its spec was written last, where the object tells. */
  changedAt?: number;
  /** Whoever implements it, as the object names it; shown, never used to join. */
  implementation?: string;
  /** Why nobody reports interfaces on it, where that is so: one that is not seen need not be missing. One sentence. */
  unreported?: string;
  /** Who gives it its addresses, where its config tells. */
  ipam?: IpamDescription;
  /** The resource, bare of its prefix, that an operator makes VFs for and writes into the NAD. */
  vfResource?: string;
  /** Keys of the pools that it draws on: `poolKey` of each. */
  poolKeys?: string[];
  /** Of a network of the cluster that is for some namespaces: which. */
  namespaceSelector?: Selector;
  /** Networks of one segment meet on layer 2, on one node or on all. */
  segment?: Segment;
  /** Keys of what it stands on: see `PartClaim`. */
  parts?: string[];
  /** The only namespaces whose pods may use it, where it says. */
  tenants?: string[];
};

export type EventClaim = {
  /** Id of the pod it is about, whether that exists or not. */
  workload: string;
  uid?: string;
  record: EventRecord;
  verdict?: Verdict;
  /** `Add net1 [10.0.0.5/24] from ns/name` */
  added?: AddedInterface;
};

export type NodeClaim = Omit<NodeInfo, 'multus'> & { ref: Ref };

/** What of Multus' configuration the API shows. */
export type MultusSettings = {
  ref: Ref;
  path: string;
  namespaceIsolation?: boolean;
  globalNamespaces?: string[];
  multusNamespace?: string;
  clusterNetwork?: string;
  defaultNetworks?: string[];
};

export const nothing: Claims = Object.freeze({});
