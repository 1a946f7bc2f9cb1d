import { type DemoApi, type DemoApiOptions, startDemoApi } from '../../demo/api/start.ts';
import type { Recorder } from './recorder.ts';

/** The demo API as tests want it: quick to bookmark, quick to end a pod. */
export const beginDemo = (options: DemoApiOptions = {}): Promise<DemoApi> =>
  startDemoApi({ bookmarkMs: 200, terminationMs: 1, ...options });

export const createPod = (api: DemoApi, name: string, extra: object = {}): void => {
  api.store.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', managedFields: [{ manager: 'm', operation: 'Update', apiVersion: 'v1' }] },
    spec: { containers: [{ name: 'c', image: 'i' }], ...extra },
  });
};
const podRef = (name: string): { apiVersion: string; kind: string; namespace: string; name: string } => ({
  apiVersion: 'v1',
  kind: 'Pod',
  namespace: 'default',
  name,
});
export const deletePod = (api: DemoApi, name: string): void => void api.store.delete(podRef(name));
export const labelPod = (api: DemoApi, name: string, value: string): void =>
  void api.store.patch(podRef(name), { metadata: { labels: { value } } });
export const labelOf = (run: Recorder, name: string): string | undefined =>
  [...run.objects.values()].find((object) => object.metadata.name === name)?.metadata.labels?.['value'];
/** A definition that takes any field. */
export const crd = (
  group: string,
  plural: string,
  kind: string,
  scope = 'Namespaced',
): { apiVersion: string; kind: string; metadata: { name: string } } => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  ...{
    spec: {
      group,
      scope,
      names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  },
});
