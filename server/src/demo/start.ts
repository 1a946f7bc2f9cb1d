import type { JsonObject } from './api/types.ts';
import { startDemoCluster } from './world/cluster.ts';

export type StartDemoOptions = { scenario?: string; pods?: number };

/** The demo cluster as the command line starts it: alive, on a free port of loopback. */
export const startDemo = async (
  options: StartDemoOptions = {},
): Promise<{ kubeconfig: JsonObject; url: string; stop: () => Promise<void> }> => {
  const { kubeconfig, url, stop } = await startDemoCluster(options);
  return { kubeconfig, url, stop };
};
