import { isEqual } from '@busbar/shared/engine/equal';
import { pack } from '@busbar/shared/graph/pack';
import { diffCluster } from '@busbar/shared/inspect/cluster-delta';
import type { ClusterDoc, FindingsDoc } from '@busbar/shared/inspect/documents';
import { diffFindings } from '@busbar/shared/inspect/findings-delta';
import type { Note } from './hub.ts';

/**
 * What streams tell beside the graph. `key` leaves out what moves without meaning anything new (revisions, clocks, how often an event
 * was seen): an inspector asks for the evidence when it shows it, and 200 pages need not hear of every event.
 */
export function createClusterNotes(build: () => ClusterDoc): () => Note {
  let last: { key: string; document: ClusterDoc } | undefined;
  return () => {
    const document = build();
    const before = last;
    const key = clusterKey(document);
    // A delta begins with what was told, not with what was no news.
    if (key !== before?.key) last = { key, document };
    const whole = () => JSON.stringify(document);
    const since = (told: string) =>
      before && told === before.key ? JSON.stringify(diffCluster(before.document, document)) : undefined;
    return { key, whole, compact: whole, since };
  };
}

function clusterKey({ revision: _revision, now: _now, health, sources, ...rest }: ClusterDoc): string {
  const settled =
    health.state === 'live' ? { state: health.state, since: health.since, detail: health.detail } : health;
  return JSON.stringify([rest, settled, health.state === 'live' ? withoutCounts(sources) : sources]);
}

type Found = FindingsDoc['findings'][number];
type Kinds = FindingsDoc['unread'];

const withoutCounts = (kinds: Kinds): Omit<Kinds[number], 'count'>[] => kinds.map(({ count: _count, ...kind }) => kind);

const sameFinding = ({ evidence: _old, ...before }: Found, { evidence: _new, ...after }: Found): boolean =>
  isEqual(before, after);
const sameKinds = (before: Kinds, after: Kinds): boolean => isEqual(withoutCounts(before), withoutCounts(after));

/** The document with what means nothing new as it was told before, so that a delta leaves it out; itself when nothing does. */
function toldAnew(before: FindingsDoc, document: FindingsDoc): FindingsDoc {
  const known = new Map(before.findings.map((finding) => [finding.id, finding]));
  const findings = document.findings.map((finding) => {
    const earlier = known.get(finding.id);
    return earlier && sameFinding(earlier, finding) ? earlier : finding;
  });
  const same =
    findings.length === before.findings.length &&
    findings.every((finding, at) => finding === before.findings[at]) &&
    isEqual(before.checked, document.checked) &&
    sameKinds(before.unread, document.unread);
  return same ? before : { ...document, findings };
}

/** Makes the notes of findings, one after the other; each can say what changed since the one before it. */
export function createFindingsNotes(build: () => FindingsDoc): () => Note {
  let told: FindingsDoc | undefined;
  let version = 0;
  let note: Note | undefined;
  return () => {
    const before = told;
    const document = before ? toldAnew(before, build()) : build();
    if (note && document === before) return note;
    told = document;
    const last = String(version);
    version += 1;
    note = {
      key: String(version),
      whole: () => JSON.stringify(document),
      compact: () => JSON.stringify(pack(document)),
      since: (key) => (before && key === last ? JSON.stringify(diffFindings(before, document)) : undefined),
    };
    return note;
  };
}
