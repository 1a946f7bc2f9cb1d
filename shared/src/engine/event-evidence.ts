import type { Evidence } from '../model/topology.ts';
import type { EventRecord } from './engine-api.ts';

/** An event as evidence: its message with the decisive words marked, when it was last seen and how often. */
export function evidenceOfEvent(event: EventRecord): Evidence {
  const evidence: Evidence = { ref: event.ref, path: '/message', value: event.message, count: event.count };
  if (event.last > 0) evidence.at = new Date(event.last).toISOString();
  if (event.mark) evidence.mark = event.mark;
  return evidence;
}
