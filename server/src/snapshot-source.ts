import type { Topology } from '@busbar/shared/model/topology';
import type { ObjectSource, SourceDescription } from './cluster/source.ts';

/** A snapshot in the place of a source: it has no objects to tell of, the engine made from it has it all. */
export function snapshotSource({ takenAt, cluster }: Topology): ObjectSource {
  const description: SourceDescription = { kind: 'snapshot', name: cluster.name, takenAt };
  if (cluster.version !== undefined) description.version = cluster.version;
  return {
    describe: () => description,
    start: async (sink) => sink.health({ state: 'live', since: Date.parse(takenAt) || 0 }),
    stop: async () => {},
  };
}
