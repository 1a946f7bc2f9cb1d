import type { ClusterDoc, FindingsDoc } from '@busbar/shared/inspect/documents';
import type { Note } from './hub.ts';

/**
 * What streams tell beside the graph. `key` leaves out what moves without meaning anything new (revisions, clocks, how often an event
 * was seen): an inspector asks for the evidence when it shows it, and 200 pages need not hear of every event.
 */
export function clusterNote(document: ClusterDoc): Note {
  const { revision: _revision, now: _now, health, sources, ...rest } = document;
  const settled =
    health.state === 'live' ? { state: health.state, since: health.since, detail: health.detail } : health;
  const kinds = health.state === 'live' ? sources.map(({ count: _count, ...kind }) => kind) : sources;
  return { key: JSON.stringify([rest, settled, kinds]), text: JSON.stringify(document) };
}

export function findingsNote(document: FindingsDoc): Note {
  const { findings, checked, unread } = document;
  const told = findings.map(({ evidence: _evidence, ...finding }) => finding);
  const kinds = unread.map(({ count: _count, ...kind }) => kind);
  return { key: JSON.stringify([told, checked, kinds]), text: JSON.stringify(document) };
}
