import type { Ref } from '../kube/object.ts';
import type { Condition } from '../model/topology.ts';
import type { ObservationClaim, RequestClaim } from './provider.ts';

/**
 * What an object brings to every workload that draws on its key: a claim of devices to the pods that name it, a primary network to
 * every pod of its namespace. The `workload` of its requests and observations is empty; the engine puts the drawing one there.
 */
export type GrantClaim = {
  key: string;
  requests: RequestClaim[];
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

/** `driver/pool/device` */
export type DeviceUse = { device: string; driver: string; claim: Ref; path: string };

/** What the status of a claim says of one of its devices. */
export type DeviceReport = DeviceUse & {
  /** Where the driver reports on it; absent: it does not. */
  reportPath?: string;
  conditions: Condition[];
};

/** A device of a network driver, as its slice describes it. */
export type SliceDeviceClaim = {
  /** `driver/pool/device` */
  device: string;
  ref: Ref;
  path: string;
  /** Attributes by which Multus finds the device of a NAD. */
  multusDeviceId?: string;
  multusResource?: string;
};

export type NamespaceClaim = {
  name: string;
  ref: Ref;
  /** Labelled for a primary user-defined network. */
  primaryNetwork: boolean;
};
