import type { Engine } from '../engine/engine-api.ts';
import type { ClusterDoc, HealthInfo, SourceInfo } from './documents.ts';
import { brokenWorkloads, countBySeverity } from './findings.ts';
import { byText } from './parts.ts';

export type ClusterFacts = {
  now: number;
  source: SourceInfo;
  health: HealthInfo;
  rules: number;
  providers: { id: string; title: string }[];
};

/** The first screen's numbers: what is read, how much of it, and how much of that is broken. */
export function buildClusterDoc(engine: Engine, facts: ClusterFacts): ClusterDoc {
  const findings = engine.findings();
  const broken = brokenWorkloads(findings);
  const { workloads, attachments, networks, nodes } = engine.counts();
  return {
    revision: engine.revision,
    now: facts.now,
    source: facts.source,
    health: facts.health,
    counts: { workloads, attachments, networks, nodes },
    findings: countBySeverity(findings),
    brokenWorkloads: broken.size,
    rules: facts.rules,
    providers: facts.providers,
    namespaces: namespacesOf(engine, broken),
    sources: engine.sources(),
  };
}

function namespacesOf(engine: Engine, broken: ReadonlySet<string>): ClusterDoc['namespaces'] {
  const namespaces = new Map<string, { name: string; workloads: number; broken: number }>();
  for (const name of engine.namespaces()) namespaces.set(name, { name, workloads: 0, broken: 0 });
  for (const { id, namespace } of engine.workloads()) {
    const row = namespaces.get(namespace) ?? { name: namespace, workloads: 0, broken: 0 };
    row.workloads += 1;
    if (broken.has(id)) row.broken += 1;
    namespaces.set(namespace, row);
  }
  return [...namespaces.values()].sort((a, b) => byText(a.name, b.name));
}
