import type { EventRecord } from '../engine/engine-api.ts';
import type { Ref } from '../kube/object.ts';
import type { Verdict } from '../messages/types.ts';

/**
 * An event about an object that is no workload. 'pods': it makes pods, and the event says that it could not, or did. 'network': it is an
 * object of a network, and whoever implements that says something of it.
 */
export type ObjectEventClaim = {
  about: Ref;
  of: 'pods' | 'network';
  record: EventRecord;
  /** Of warnings. */
  verdict?: Verdict;
};
