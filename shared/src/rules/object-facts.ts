import type { Ref } from '../kube/object.ts';
import type { ObjectEventClaim } from '../providers/object-event.ts';

/** An object that is no workload, and what events say of it, the newest first. */
export type ObjectFacts = { ref: Ref; of: ObjectEventClaim['of']; events: readonly ObjectEventClaim[] };
