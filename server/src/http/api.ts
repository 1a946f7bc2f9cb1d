import type { Exporter } from '@busbar/shared/exports/exporter';
import { buildClusterDoc } from '@busbar/shared/inspect/cluster';
import type { ClusterDoc } from '@busbar/shared/inspect/documents';
import { buildRuleDocs } from '@busbar/shared/inspect/rule-doc';
import type { Topology } from '@busbar/shared/model/topology';
import type { Provider } from '@busbar/shared/providers/provider';
import { countCodes, type Rule } from '@busbar/shared/rules/rule';
import type { View } from '@busbar/shared/view/view';
import type { Runtime } from '../runtime.ts';
import type { Hub } from './hub.ts';
import type { Ledgers } from './ledgers.ts';
import type { Matrices } from './matrices.ts';

/** What the routes stand on. */
export type Api = {
  runtime: Runtime;
  hub: Hub;
  ledgers: Ledgers;
  matrices: Matrices;
  rules: readonly Rule[];
  providers: readonly Pick<Provider, 'id' | 'title'>[];
  exporters: readonly Exporter[];
  parseView: (query: string) => View;
};

export function clusterDoc({ runtime, rules, providers }: Pick<Api, 'runtime' | 'rules' | 'providers'>): ClusterDoc {
  return buildClusterDoc(runtime.engine, {
    // A recording of nothing has no time of its own.
    now: runtime.now() || Date.now(),
    source: runtime.describe(),
    health: runtime.health,
    rules: countCodes(rules),
    providers: providers.map(({ id, title }) => ({ id, title })),
  });
}

export const ruleDocs = buildRuleDocs;

export function snapshotOf(runtime: Runtime): Topology {
  const { name, version } = runtime.describe();
  const takenAt = new Date(runtime.now() || Date.now()).toISOString();
  return runtime.engine.topology(version === undefined ? { name } : { name, version }, takenAt);
}
