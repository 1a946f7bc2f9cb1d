import type { SelectionElement } from '../cni/selection.ts';
import type { EventRecord, Plug } from '../engine/engine-api.ts';
import type { Availability, Ref } from '../kube/object.ts';
import type { Verdict } from '../messages/types.ts';
import type {
  Attachment,
  AttachmentState,
  Confidence,
  Evidence,
  Fix,
  Network,
  Severity,
  Subject,
  Workload,
} from '../model/topology.ts';
import type { DeviceUse, NamespaceClaim, SliceDeviceClaim } from '../providers/grant-claims.ts';
import type { PartClaim } from '../providers/part-claims.ts';
import type { Segment } from '../providers/pool-claims.ts';
import type {
  AnswerClaim,
  MadeWith,
  MultusSettings,
  NetworkClaim,
  NodeClaim,
  ReportClaim,
  RequestClaim,
  WorkloadClaim,
} from '../providers/provider.ts';
import type { DeviceFacts, DeviceWorld, LinkFacts, TroubleFacts } from './device-facts.ts';
import type { ObjectFacts } from './object-facts.ts';
import type { AddressWorld, AllocationFacts, Keeper, PolicyFacts, PoolFacts, ReservationFacts } from './pool-facts.ts';
import type { DriverDevices, IncompletePool, SliceWorld, TaintFacts } from './slice-facts.ts';

/**
 * A rule is one object: what it looks for, why that hurts, how to mend it. It sees facts and the world around them, never the engine,
 * and says what it found as drafts. Drafts of one code and group become one finding with many subjects.
 */
type RuleBase = {
  /** 'MN' and three digits, stable for ever, never reused. */
  code: string;
  title: string;
  /** The worst that it says. */
  severity: Severity;
  /** Causes it speaks for: an event whose message has one of these is reported under this code, with or without `check`. */
  slugs: readonly string[];
  /** Two or three sentences for someone who wants to learn. */
  why: string;
  /** What to do, in general. */
  fix: string;
  /** Causes of events that what this rule finds explains: such an event becomes evidence of its finding. */
  explains?: readonly string[];
  /** 'waits': an event of these causes is about something that comes before any network, so the attachments are fine and wait. */
  eventEffect?: 'waits';
  /** Without it, or without any of several, `check` finds nothing and is not even asked: most pods are spared most rules so. */
  needs?: Need | readonly Need[];
  /** Workloads that a rule on workloads or attachments speaks of; pods where it does not say. */
  of?: 'VirtualMachineInstance' | 'any';
};

export type Rule = RuleBase &
  (
    | {
        scope: 'attachment';
        check?: (attachment: AttachmentFacts, world: World) => Draft | readonly Draft[] | undefined;
      }
    | { scope: 'workload'; check: (workload: WorkloadFacts, world: World) => Draft | readonly Draft[] | undefined }
    | { scope: 'network'; check: (network: NetworkFacts, world: World) => Draft | readonly Draft[] | undefined }
    | { scope: 'pool'; check: (pool: PoolFacts, world: World) => Draft | readonly Draft[] | undefined }
    | {
        scope: 'allocation';
        check: (allocation: AllocationFacts, world: World) => Draft | readonly Draft[] | undefined;
      }
    | {
        scope: 'reservation';
        check: (reservation: ReservationFacts, world: World) => Draft | readonly Draft[] | undefined;
      }
    | { scope: 'answer'; check: (answer: AnswerFacts, world: World) => Draft | readonly Draft[] | undefined }
    | { scope: 'object'; check: (object: ObjectFacts, world: World) => Draft | readonly Draft[] | undefined }
    | { scope: 'policy'; check: (policy: PolicyFacts, world: World) => Draft | readonly Draft[] | undefined }
    | { scope: 'node'; check: (node: NodeFacts, world: World) => Draft | readonly Draft[] | undefined }
    | { scope: 'cluster'; check: (world: World) => Draft | readonly Draft[] | undefined }
  );

/**
 * What a rule may need of an attachment or, where it speaks of workloads, of the pod or any of its attachments (the first four).
 *
 * - `open`: it is still to come, see `isOpen`
 * - `unattached`: its state is another than attached
 * - `failure`: the sandbox failed at it
 * - `event`: the pod has some
 * - `request-issue`: the reading of its request found some
 * - `wish`: it is asked for with more than a network and the name of the interface
 * - `sources`: several tell of it
 * - `node-answer`: a node does
 * - `device`: DRA gave it one
 * - `native`: it is neither of Multus nor the default network
 */
export type Need =
  | 'open'
  | 'unattached'
  | 'failure'
  | 'event'
  | 'request-issue'
  | 'wish'
  | 'sources'
  | 'node-answer'
  | 'device'
  | 'native';

/** How many codes there are: one code may have a rule per scope. */
export const countCodes = (rules: readonly Pick<Rule, 'code'>[]): number =>
  new Set(rules.map((rule) => rule.code)).size;

export type Draft = {
  slug: string;
  /** Drafts of one code and group are one finding: the key of the root cause, not of the pod. */
  group: string;
  severity?: Severity;
  confidence: Confidence;
  /** Holds for the whole group. */
  title: string;
  message: string;
  /** Else the rule's `why`. */
  cause?: string;
  fix: Fix;
  evidence: Evidence[];
  /** More subjects than the one it was found on. */
  subjects?: Subject[];
  /** What follows for the attachment it was found on (for a workload: for all that nothing else decides). */
  effect?: AttachmentState;
  /**
   * Codes of rules whose finding on the same attachment or its pod, where there is one, is the reason for this one; or 'failure': whatever
   * stops the pod is. Such a finding is shown under its reason.
   */
  follows?: readonly string[] | 'failure';
};

/** The newest failed attempt to build a pod's sandbox, and the attachment it stopped at. */
export type Failure = {
  event: EventRecord;
  verdict: Verdict;
  /** null: the message does not tell which. */
  slot: number | null;
};

export type AttachmentFacts = {
  workload: WorkloadFacts;
  /** As far as it is known before the rules: never `failed`, `blocked` or `mismatch`. */
  attachment: Attachment;
  request: RequestClaim | null;
  element: SelectionElement | null;
  network: NetworkFacts | null;
  /** The failure of the sandbox, where it stopped at this attachment. */
  failure: Failure | null;
  madeWith?: MadeWith;
};

export type WorkloadFacts = {
  workload: Workload;
  pod: WorkloadClaim;
  attachments: readonly AttachmentFacts[];
  /** null: there is none, or it is over. */
  failure: Failure | null;
  /** It asks for more than the default network. */
  asks: boolean;
  /** A complete report of its interfaces (network-status) exists. */
  reported: boolean;
  /** That report as it is written, readable or not. */
  report: ReportClaim | null;
  /** Devices that DRA gave it, of any kind. */
  devices?: readonly DeviceUse[];
  events: readonly EventRecord[];
};

export type NetworkFacts = { network: Network; claims: readonly NetworkClaim[] };

export type NodeFacts = { node: NodeClaim; multus: 'running' | 'absent' | 'unknown' };

/** What a node answered, and the pod of the name that it gives, if there is one. */
export type AnswerFacts = { answer: AnswerClaim; pod: WorkloadFacts | undefined };

export type Holder = {
  attachment: Plug & { id: string };
  workload: Workload;
  network: Network | null;
  segment: Segment | null;
};

type OtherWorlds = AddressWorld & DeviceWorld & SliceWorld;

/** What a rule may look up. Every look-up is remembered: the subject is judged again when the answer changes. */
export type World = OtherWorlds & {
  network: (alias: string) => NetworkFacts | undefined;
  /** Namespaces that have a NAD of this name. */
  nadNamespaces: (name: string) => readonly string[];
  nadNames: (namespace: string) => readonly string[];
  /** An event of another pod that says this NAD does not exist. */
  reportedMissing: (alias: string) => { ref: Ref; at: number; message: string } | undefined;
  /** Attachments of other workloads than the one that is judged that have this address or hardware address, canonical text. */
  holders: (address: string) => readonly Holder[];
  /** What is attached to a network (id) on a node. */
  attachedOn: (network: string, node: string) => readonly Holder[];
  /** Nodes on which a network (id) has attachments that stand. */
  nodesOf: (network: string) => readonly string[];
  /** Whether a network (id) has attachments that stand, wherever. Cheaper than `nodesOf`: it changes with the first and the last. */
  isUsed: (network: string) => boolean;
  /** Some pod on the node has a complete report of its interfaces. */
  reportsOn: (node: string) => boolean;
  /** Networks whose configs name this device of a node: a master, a bridge, a NIC. */
  networksOn: (device: string) => readonly NetworkFacts[];
  node: (name: string) => NodeFacts | undefined;
  nodes: () => readonly NodeFacts[];
  /** Whether the objects of a kind could be read; null where no source ever said. */
  availability: (group: string, kind: string) => Availability | null;
  sources: () => readonly {
    group: string;
    kind: string;
    resource: string;
    availability: Availability;
    detail?: string;
  }[];
  /** A namespace, where namespaces can be read. */
  namespace: (name: string) => NamespaceClaim | undefined;
  /** What networks stand on, by the key under which they name it. */
  part: (key: string) => PartClaim | undefined;
  /** A device (`driver/pool/device`) as its slice describes it. */
  sliceDevice: (device: string) => SliceDeviceClaim | undefined;
  settings: () => MultusSettings | undefined;
  /** Whether a moment (ms since the epoch) has come; if not, the subject is judged again when it has. */
  due: (at: number) => boolean;
};

export type {
  AddressWorld,
  AllocationFacts,
  DeviceFacts,
  DriverDevices,
  IncompletePool,
  Keeper,
  LinkFacts,
  ObjectFacts,
  PolicyFacts,
  PoolFacts,
  ReservationFacts,
  SliceWorld,
  TaintFacts,
  TroubleFacts,
};
