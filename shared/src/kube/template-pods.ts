import type { KubeObject, OwnerReference } from './object.ts';
import { asRecord, asStringMap, getPath } from './read.ts';

/** Where each kind keeps the template of its pods. */
const templates: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'apps/ReplicaSet': ['spec', 'template'],
  '/ReplicationController': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
};

/**
 * The pod that a manifest would make, one for all its replicas, named as its owner: so that a manifest can be judged before it is
 * applied. Undefined for every other object.
 */
export function podOfTemplate(object: KubeObject): KubeObject | undefined {
  const slash = object.apiVersion.indexOf('/');
  const path = templates[`${slash < 0 ? '' : object.apiVersion.slice(0, slash)}/${object.kind}`];
  const template = path && asRecord(getPath(object, ...path));
  if (!template) return undefined;
  const owner: OwnerReference = {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: object.metadata.name,
    uid: '',
    controller: true,
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: object.metadata.name,
      namespace: object.metadata.namespace ?? 'default',
      labels: Object.fromEntries(asStringMap(getPath(template, 'metadata', 'labels'))),
      annotations: Object.fromEntries(asStringMap(getPath(template, 'metadata', 'annotations'))),
      ownerReferences: [owner],
    },
    spec: asRecord(template['spec']) ?? {},
  };
}
