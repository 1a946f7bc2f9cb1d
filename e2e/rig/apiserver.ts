/** A real API server for tests: our own from KUBEBUILDER_ASSETS, else the cluster that BUSBAR_TEST_KUBECONFIG names. */
import type { ApiServer } from './api-access.ts';
import { borrowApiServer } from './borrowed-apiserver.ts';
import { assetsMissing, startOwnApiServer } from './own-apiserver.ts';

export type { ApiServer };

/** Why there is no real API server to test against, in words for the test report; undefined when there is one. */
export function apiServerMissing(): string | undefined {
  if (process.env['BUSBAR_TEST_KUBECONFIG']) return undefined;
  const missing = assetsMissing();
  return missing && `${missing}, and neither is BUSBAR_TEST_KUBECONFIG`;
}

/** Resolves when it is ready. Call `stop` in any case; a test process that dies takes its server along. */
export function startApiServer(): Promise<ApiServer> {
  const borrowed = process.env['BUSBAR_TEST_KUBECONFIG'];
  return assetsMissing() && borrowed ? borrowApiServer(borrowed) : startOwnApiServer();
}
