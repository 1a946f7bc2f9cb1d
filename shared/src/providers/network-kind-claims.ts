import type { Ref } from '../kube/object.ts';
import type { GroupKind } from '../kube/watched-kind.ts';
import type { Condition } from '../model/topology.ts';

/** An object that says: every object of this kind is a network (NetworkKind). */
export type NetworkKindClaim = {
  ref: Ref;
  name: string;
  of: GroupKind;
  conditions: Condition[];
  /** Where it names the kind. */
  path: string;
};
