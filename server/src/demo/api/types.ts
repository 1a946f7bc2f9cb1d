/** Any JSON value as it travels on the wire. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export type ObjectMeta = JsonObject & {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
};

/** A Kubernetes object. Fields nobody knows are kept as they came. */
export type KubeObject = JsonObject & { apiVersion: string; kind: string; metadata: ObjectMeta };

/** What a caller may pass to create: metadata is completed by the store. */
export type NewObject = JsonObject & { apiVersion: string; kind: string; metadata: JsonObject };

export type Column = {
  name: string;
  type: 'string' | 'integer' | 'date' | 'boolean' | 'number';
  /** 0 is shown always, 1 only with `-o wide`. */
  priority: number;
  description: string;
  cell: (object: KubeObject, now: number) => Json;
};

/** One served kind. `group` is '' for core. */
export type ResourceType = {
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular: string;
  shortNames: string[];
  categories: string[];
  namespaced: boolean;
  /** True when `/status` is a subresource, so that a plain update leaves the status alone. */
  status: boolean;
  /** True for kinds the API server compiles in: lists of those leave kind and apiVersion out of the items. */
  builtin: boolean;
  columns?: Column[];
};

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const asObject = (value: unknown): JsonObject => (isObject(value) ? value : {});
export const asArray = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
export const asString = (value: unknown): string => (typeof value === 'string' ? value : '');

export const resourceKey = (type: { group: string; plural: string }): string =>
  type.group === '' ? type.plural : `${type.plural}.${type.group}`;

export const apiVersionOf = (type: { group: string; version: string }): string =>
  type.group === '' ? type.version : `${type.group}/${type.version}`;
