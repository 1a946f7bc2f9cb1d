import type { RunningDemo } from '../cluster/choose.ts';
import { startDemoApi } from '../demo/api/start.ts';

export type DemoOptions = { scenario?: string; pods?: number };

export async function startDemo(_options: DemoOptions): Promise<RunningDemo> {
  const api = await startDemoApi();
  return { kubeconfig: api.kubeconfig(), stop: api.stop };
}
