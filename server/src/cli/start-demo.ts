import type { RunningDemo } from '../cluster/choose.ts';
import { startDemoCluster } from '../demo/world/cluster.ts';

export type DemoOptions = { scenario?: string; pods?: number };

export async function startDemo(options: DemoOptions): Promise<RunningDemo> {
  const cluster = await startDemoCluster(options);
  return { kubeconfig: cluster.kubeconfig, stop: cluster.stop };
}
