import { AGE, NAME } from './columns.ts';
import type { Column, JsonObject, KubeObject, ResourceType } from './types.ts';
import { apiVersionOf } from './types.ts';

const columnsOf = (type: ResourceType): Column[] => type.columns ?? [NAME, AGE];

export const columnDefinitions = (type: ResourceType): JsonObject[] =>
  columnsOf(type).map((column) => ({
    name: column.name,
    type: column.type,
    format: column.name === 'Name' ? 'name' : '',
    description: column.description,
    priority: column.priority,
  }));

/** metav1 PartialObjectMetadata, what metadata-only clients and table rows carry. */
export const partialMetadata = (object: KubeObject): JsonObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: object.metadata,
});

export type IncludeObject = 'None' | 'Metadata' | 'Object';

const row = (type: ResourceType, object: KubeObject, include: IncludeObject, now: number): JsonObject => ({
  cells: columnsOf(type).map((column) => column.cell(object, now)),
  object:
    include === 'None'
      ? null
      : include === 'Object'
        ? { ...object, apiVersion: apiVersionOf(type) }
        : partialMetadata(object),
});

/** meta.k8s.io/v1 Table, which `kubectl get` asks for. */
export const toTable = (
  type: ResourceType,
  objects: KubeObject[],
  metadata: JsonObject,
  include: IncludeObject,
  now: number,
  withColumns = true,
): JsonObject => ({
  kind: 'Table',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
  columnDefinitions: withColumns ? columnDefinitions(type) : [],
  rows: objects.map((object) => row(type, object, include, now)),
});
