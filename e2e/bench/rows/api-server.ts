import type { KubeObject } from '@busbar/shared/kube/object';
import { type ApiClient, must } from '../../rig/api-client.ts';
import { apiServerMissing, startApiServer } from '../../rig/apiserver.ts';
import { NAD_CRD } from '../../rig/objects.ts';
import { generateBase, generatePods } from '../cluster.ts';
import { ms, type Row } from '../row.ts';

const PODS = 10_000;
const AT_ONCE = 24;

/** The same cluster on a real kube-apiserver. It has no kubelet: pods keep what their annotations say, and have no status. */
export const apiServer: Row = {
  id: 'api-server',
  once: true,
  measure: async (bench) => {
    const size = Math.min(PODS, Math.max(...bench.sizes));
    const what = 'ready after start, on a real kube-apiserver';
    const budget = 'no block > 50 ms';
    const missing = apiServerMissing();
    if (missing) return [{ size, what, budget, figure: `not measured: ${missing}`, met: null }];
    const server = await startApiServer();
    try {
      await must(server.api('POST', pathOf('CustomResourceDefinition'), NAD_CRD));
      await fill(server.api, [...generateBase({ pods: size })]);
      await fill(server.api, [...generatePods({ pods: size })]);
      const figures = await bench.probe('busbar', { kubeconfig: server.kubeconfig });
      const { longestBlock = Number.NaN, workloads = 0 } = figures;
      if (workloads < size) throw new Error(`${workloads} of ${size} pods were read`);
      const took = ms(figures['ms'] ?? Number.NaN);
      return [{ size, what, budget, figure: `${took}, longest block ${ms(longestBlock)}`, met: longestBlock <= 50 }];
    } finally {
      await server.stop();
    }
  },
};

const pathOf = (kind: string, namespace = ''): string => {
  switch (kind) {
    case 'CustomResourceDefinition':
      return '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    case 'NetworkAttachmentDefinition':
      return `/apis/k8s.cni.cncf.io/v1/namespaces/${namespace}/network-attachment-definitions`;
    case 'Namespace':
    case 'Node':
      return `/api/v1/${kind.toLowerCase()}s`;
    default:
      return `/api/v1/namespaces/${namespace}/${kind.toLowerCase()}s`;
  }
};

/** What is there already stays; a definition's API takes a moment until it is served. */
async function fill(api: ApiClient, objects: readonly KubeObject[]): Promise<void> {
  const rest = [...objects].reverse();
  const work = async (): Promise<void> => {
    for (let object = rest.pop(); object; object = rest.pop()) {
      const path = pathOf(object.kind, object.metadata.namespace);
      for (let attempt = 1; ; attempt += 1) {
        const { status, body } = await api('POST', path, object);
        if (status < 300 || status === 409) break;
        if (attempt === 20) throw new Error(`POST ${path}: HTTP ${status}: ${JSON.stringify(body).slice(0, 200)}`);
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
  };
  // Namespaces come first, and what is in them after.
  const spaces = rest.filter(({ kind }) => kind === 'Namespace');
  for (const space of spaces) await api('POST', pathOf('Namespace'), space);
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
