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
  return { revision: engine.revision, node, devices, workloads, total, findings: engine.findingsOf(nodeId(name)) };
}
