import type { Registry } from './registry.ts';
import type { JsonObject, ResourceType } from './types.ts';
import { apiVersionOf } from './types.ts';

/**
 * OpenAPI without schemas. A kind without a schema is one that kubectl sends as it is, and that is meant:
 * pods carry `spec.networks` here, which the published schema of core v1 does not know.
 */
export const openapiV2 = (): JsonObject => ({
  swagger: '2.0',
  info: { title: 'Kubernetes', version: 'v1.34.1' },
  paths: {},
  definitions: {},
});

const field = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);

/** The same document as gnostic's openapi.v2.Document message: kubectl takes no JSON here. */
export const openapiV2Protobuf = (): Buffer =>
  Buffer.concat([
    field(1, Buffer.from('2.0')),
    field(2, Buffer.concat([field(1, Buffer.from('Kubernetes')), field(2, Buffer.from('v1.34.1'))])),
  ]);

const prefix = (group: string, version: string): string =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`;

export const openapiV3Index = (registry: Registry): JsonObject => {
  const paths: JsonObject = {};
  for (const { group, versions } of registry.groups()) {
    for (const version of versions)
      paths[prefix(group, version)] = { serverRelativeURL: `/openapi/v3/${prefix(group, version)}` };
  }
  return { paths };
};

const FIELD_VALIDATION = { name: 'fieldValidation', in: 'query', schema: { type: 'string', uniqueItems: true } };

const pathOf = (type: ResourceType): JsonObject => {
  const gvk = { group: type.group, version: type.version, kind: type.kind };
  const action = (verb: string): JsonObject => ({
    parameters: [FIELD_VALIDATION],
    responses: { '200': { description: 'OK' } },
    'x-kubernetes-action': verb,
    'x-kubernetes-group-version-kind': gvk,
  });
  return { post: action('post'), patch: action('patch'), put: action('put') };
};

/** One group version: enough that kubectl leaves the validation of fields to the server. */
export const openapiV3 = (registry: Registry, group: string, version: string): JsonObject | null => {
  const types = registry.all().filter((type) => type.group === group && type.version === version);
  if (types.length === 0) return null;
  const paths: JsonObject = {};
  for (const type of types) {
    const middle = type.namespaced ? 'namespaces/{namespace}/' : '';
    paths[`/${prefix(group, version)}/${middle}${type.plural}/{name}`] = pathOf(type);
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: apiVersionOf({ group, version }) },
    paths,
    components: { schemas: {} },
  };
};
