import type { KubeObject, ObjectMeta } from '@busbar/shared/kube/object';
import { asText } from '@busbar/shared/kube/read';

export type Fields = Record<string, unknown>;

/** A JSON object that may be written to: what was just parsed belongs to the reader. */
export const asFields = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

/** What a list says of its items when they do not say it themselves ('PodList' of 'v1': items are v1 Pods). */
export type ItemDefaults = { apiVersion?: string | undefined; kind?: string | undefined };

const identityFields = ['namespace', 'uid', 'resourceVersion', 'creationTimestamp', 'deletionTimestamp'] as const;

/**
 * The one gate that every object passes: apiVersion, kind and metadata.name are strings, identity fields are strings or gone,
 * managedFields are dropped (a third of a pod's bytes, and nobody reads them). Anything else stays, known or not. Returns a
 * sentence when it is no Kubernetes object. The value is taken over, not copied.
 */
export const toKubeObject = (value: unknown, defaults: ItemDefaults = {}): KubeObject | string => {
  const object = asFields(value);
  if (!object) return 'not an object';
  object['apiVersion'] = asText(object['apiVersion']) ?? defaults.apiVersion;
  object['kind'] = asText(object['kind']) ?? defaults.kind;
  if (!object['apiVersion'] || !object['kind']) return 'no apiVersion and kind: not a Kubernetes object';
  const metadata = asFields(object['metadata']);
  if (!metadata) return `${object['kind']} without metadata`;
  if (!asText(metadata['name'])) return `${object['kind']} without metadata.name`;
  delete metadata['managedFields'];
  for (const field of identityFields)
    if (field in metadata && typeof metadata[field] !== 'string') delete metadata[field];
  object['metadata'] = metadata as Fields & ObjectMeta;
  return object as KubeObject;
};
