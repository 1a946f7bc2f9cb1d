/** A served demo cluster and the Kubernetes API in it, as kubectl sees it. */
import { type ApiClient, apiClient, must } from './api-client.ts';
import { type Busbar, type StartOptions, startBusbar } from './busbar.ts';
import { eventually } from './eventually.ts';

export type Demo = Busbar & {
  /** Address of the cluster's API server: `kubectl --server=...`. */
  kube: string;
  api: ApiClient;
};

/** `scenario` decides what is in it; the link stays good for several browsers. */
export async function startDemo(scenario = 'default', options: StartOptions = {}): Promise<Demo> {
  const busbar = await startBusbar(['demo', '--scenario', scenario, '--token-reuse'], options);
  try {
    const kube = await eventually('the address of the API server is printed', () => kubeOf(busbar.log()));
    return { ...busbar, kube, api: apiClient(kube, undefined) };
  } catch (error) {
    await busbar.stop();
    throw error;
  }
}

const kubeOf = (log: string): string | undefined => /--server=(\S+)/.exec(log)?.[1];

const COLLECTIONS: Record<string, string> = {
  Pod: 'pods',
  Event: 'events',
  Node: 'nodes',
  Namespace: 'namespaces',
  NetworkAttachmentDefinition: 'network-attachment-definitions',
  CustomResourceDefinition: 'customresourcedefinitions',
};

type Thing = { apiVersion: string; kind: string; metadata: { name: string; namespace?: string } };

/** Path of an object's collection: `/api/v1/namespaces/lab/pods`. */
function collectionOf({ apiVersion, kind, metadata }: Thing): string {
  const plural = COLLECTIONS[kind];
  if (!plural) throw new Error(`no path is known for ${kind}`);
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${base}${metadata.namespace ? `/namespaces/${metadata.namespace}` : ''}/${plural}`;
}

/** Creates objects in order. */
export async function create(api: ApiClient, ...objects: Thing[]): Promise<void> {
  for (const object of objects) await must(api('POST', collectionOf(object), object));
}

/** Merge-patches an object, or its status alone. */
export async function patch(
  api: ApiClient,
  thing: Thing,
  change: object,
  subresource: '' | '/status' = '',
): Promise<void> {
  const path = `${collectionOf(thing)}/${encodeURIComponent(thing.metadata.name)}${subresource}`;
  await must(api('PATCH', path, change, 'application/merge-patch+json'));
}

/** Deletes at once: there is no kubelet to wait for. */
export async function remove(api: ApiClient, thing: Thing): Promise<void> {
  const path = `${collectionOf(thing)}/${encodeURIComponent(thing.metadata.name)}`;
  await must(api('DELETE', `${path}?gracePeriodSeconds=0`));
}
