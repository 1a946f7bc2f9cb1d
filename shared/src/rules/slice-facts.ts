import type { Ref } from '../kube/object.ts';
import type { DeviceTaint, NamespaceClaim } from '../providers/grant-claims.ts';
import type { Selector } from '../providers/policy-claims.ts';

/** A pool of which not all slices are there: the scheduler takes nothing from it. `pool`: `driver/pool`. */
export type IncompletePool = { pool: string; node?: string; wanted: number; seen: number; ref: Ref };

/** A taint on a device, and where it is written: on the device in its slice, or in a DeviceTaintRule. */
export type TaintFacts = { taint: DeviceTaint; ref: Ref; path: string };

/** The devices that slices list of a driver; `tainted` are the first of those that bear a taint. */
export type DriverDevices = {
  count: number;
  tainted: readonly (TaintFacts & { device: string })[];
  taintedCount: number;
};

/** The part of the world that is about slices of devices, and about namespaces by their labels. */
export type SliceWorld = {
  /** At most 50. */
  incompletePools: (driver: string) => readonly IncompletePool[];
  driverDevices: (driver: string) => DriverDevices;
  /** Of a device (`driver/pool/device`). */
  taintsOn: (device: string) => readonly TaintFacts[];
  /** Namespaces that a selector matches, where namespaces can be read; at most 500. */
  namespacesWith: (selector: Selector) => readonly NamespaceClaim[];
  /** Something reports a network by this alias: devices of slices say which they lead to. */
  isSpokenOf: (alias: string) => boolean;
  /** Some namespace could be read. */
  namespacesKnown: () => boolean;
};
