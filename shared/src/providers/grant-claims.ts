import type { Ref } from '../kube/object.ts';
import type { Alias, Condition } from '../model/topology.ts';
import type { ObservationClaim, RequestClaim } from './provider.ts';

/**
 * What an object brings to every workload that draws on its key: a claim of devices to the pods that name it, a primary network to
 * every pod of its namespace. The `workload` of its requests and observations is empty; the engine puts the drawing one there.
 */
export type GrantClaim = {
  key: string;
  /** `classed`: only where its class turns out to be one of a network. */
  requests: (RequestClaim & { classed?: true })[];
  observations?: ObservationClaim[];
  /** Devices that it was given. */
  devices?: DeviceUse[];
  /** The pods that hold it: others see its requests alone. Absent: whoever draws on it. */
  heldBy?: { name: string; uid: string }[];
  /** Counts only in a namespace that is known to be labelled for a primary network. */
  labelled?: true;
};

/** Keys that a workload draws on. */
export type DrawClaim = { workload: string; keys: string[] };

/** The key of what is brought to a whole namespace: every workload in it draws on it. */
export const namespaceGrant = (namespace: string): string => `namespace:${namespace}`;

/** `device`: `driver/pool/device`. */
export type DeviceUse = {
  device: string;
  driver: string;
  claim: Ref;
  path: string;
  /** What Multus makes of it, where its slice has both attributes. */
  multus?: { id: string; resource: string; ref: Ref; path: string; details: Record<string, string> };
};

/** What the status of a claim says of one of its devices. */
export type DeviceReport = DeviceUse & {
  /** Where the driver reports on it; absent: it does not. */
  reportPath?: string;
  conditions: Condition[];
  /** How many pods hold the claim, where it is more than one. */
  holders?: number;
  /** Taints that it is taken in spite of. */
  tolerations?: DeviceToleration[];
};

export type DeviceTaint = { key: string; value?: string; effect: 'NoSchedule' | 'NoExecute' };
/** As for nodes: without a key all of them, without an effect both. */
export type DeviceToleration = { key?: string; value?: string; effect?: string; exists: boolean };

/** A device of a network driver, as its slice describes it. */
export type SliceDeviceClaim = {
  /** `driver/pool/device` */
  device: string;
  ref: Ref;
  path: string;
  /** Attributes by which Multus finds the device of a NAD. */
  multusDeviceId?: string;
  multusResource?: string;
  /** The network that it leads to, where its attributes tell. */
  network?: Alias;
  mtu?: number;
  /** `path` from that of the device. */
  taints?: (DeviceTaint & { path: string })[];
  /** What its attributes say of it, in words of people. */
  details: Record<string, string>;
};

/** One slice of a pool. `pool`: `driver/pool`; `slices`: how many a pool of this generation has. */
export type SlicePoolClaim = {
  driver: string;
  pool: string;
  ref: Ref;
  generation: number;
  slices: number;
  node?: string;
};

/** Of a DeviceTaintRule: what is left out matches all. */
export type TaintRuleClaim = { ref: Ref; taint: DeviceTaint; driver?: string; pool?: string; device?: string };

export type NamespaceClaim = {
  name: string;
  ref: Ref;
  /** Labelled for a primary user-defined network. */
  primaryNetwork: boolean;
  labels: Record<string, string>;
};
