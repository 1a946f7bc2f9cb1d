import { isEqual } from '../engine/equal.ts';
import { applyList, diffList } from '../graph/delta.ts';
import type { ListDelta } from '../graph/lens-doc.ts';
import type { SourceState } from '../kube/object.ts';
import type { ClusterDoc } from './documents.ts';

/** What changed from one description of the cluster to the next: whole fields, of the kinds that are read only those that changed. */
export type ClusterDelta = Partial<Omit<ClusterDoc, 'sources'>> & { kinds?: ListDelta<Keyed> };

type Keyed = SourceState & { id: string };

const keyed = (sources: readonly SourceState[]): Keyed[] =>
  sources.map((source) => ({ ...source, id: `${source.group}/${source.resource}` }));

export function diffCluster(before: ClusterDoc, after: ClusterDoc): ClusterDelta {
  const { sources, ...fields } = after;
  const changed = Object.entries(fields).filter(([field, value]) => !isEqual(value, before[field as keyof ClusterDoc]));
  const kinds = diffList(keyed(before.sources), keyed(sources));
  return { ...Object.fromEntries(changed), ...(kinds ? { kinds } : {}) };
}

export function applyCluster(doc: ClusterDoc, { kinds, ...fields }: ClusterDelta): ClusterDoc {
  const sources = kinds ? applyList(keyed(doc.sources), kinds).map(({ id: _id, ...source }) => source) : doc.sources;
  return { ...doc, ...fields, sources };
}
