import type { Engine } from '../engine/engine-api.ts';
import { nodeId } from '../model/ids.ts';
import type { NodeDoc } from './documents.ts';
import { buildWorkloadList } from './workload.ts';

const MAX_WORKLOADS = 500;
const MAX_DEVICES = 1000;

/** What the inspector shows of a node; null when there is none of that name. */
export function buildNodeDoc(engine: Engine, name: string): NodeDoc | null {
  const node = engine.node(name);
  if (!node) return null;
  const { workloads, total } = buildWorkloadList(engine, engine.workloadsOnNode(name), MAX_WORKLOADS);
  const devices = engine.devicesOf(name).slice(0, MAX_DEVICES);
  // Rules name a node as the API does; what is about the Node object itself comes under its id.
  const findings = [...engine.findingsOf(name), ...engine.findingsOf(nodeId(name))];
  const unique = [...new Map(findings.map((finding) => [finding.id, finding])).values()];
  return { revision: engine.revision, node, devices, workloads, total, findings: unique };
}
