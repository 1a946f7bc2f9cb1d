import { badRequest, invalid } from './status.ts';
import type { JsonObject, ResourceType } from './types.ts';
import { apiVersionOf, asArray, asObject, asString, isObject } from './types.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

const LABEL_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** validation.TotalAnnotationSizeLimitB. */
const ANNOTATIONS_LIMIT = 256 * 1024;

type Cause = { field: string; message: string };
const bad = (field: string, value: string, text: string): Cause => ({
  field,
  message: `Invalid value: ${JSON.stringify(value)}: ${text}`,
});
const required = (field: string): Cause => ({ field, message: 'Required value' });

const metadataCauses = (metadata: JsonObject): Cause[] => {
  const causes: Cause[] = [];
  for (const [key, value] of Object.entries(asObject(metadata['labels']))) {
    if (!QUALIFIED.test(key))
      causes.push(bad('metadata.labels', key, 'name part must consist of alphanumeric characters'));
    if (typeof value !== 'string' || value.length > 63 || !LABEL_VALUE.test(value))
      causes.push(bad('metadata.labels', String(value), LABEL_TEXT));
  }
  let size = 0;
  for (const [key, value] of Object.entries(asObject(metadata['annotations']))) {
    size += key.length + asString(value).length;
    if (typeof value !== 'string')
      throw badRequest(
        `json: cannot unmarshal ${typeof value} into Go struct field ObjectMeta.metadata.annotations of type string`,
      );
    if (!QUALIFIED.test(key.toLowerCase()))
      causes.push(bad('metadata.annotations', key, 'name part must consist of alphanumeric characters'));
  }
  if (size > ANNOTATIONS_LIMIT)
    causes.push({ field: 'metadata.annotations', message: `Too long: must have at most ${ANNOTATIONS_LIMIT} bytes` });
  return causes;
};

const podCauses = (object: JsonObject): Cause[] => {
  const containers = asArray(asObject(object['spec'])['containers']);
  if (containers.length === 0) return [required('spec.containers')];
  return containers.flatMap((item, i) => [
    ...(asString(asObject(item)['name']) === '' ? [required(`spec.containers[${i}].name`)] : []),
    ...(asString(asObject(item)['image']) === '' ? [required(`spec.containers[${i}].image`)] : []),
  ]);
};

const crdCauses = (object: JsonObject): Cause[] => {
  const spec = asObject(object['spec']);
  const names = asObject(spec['names']);
  const expected = `${asString(names['plural'])}.${asString(spec['group'])}`;
  return [
    ...(asString(spec['group']) === '' ? [required('spec.group')] : []),
    ...(asString(names['kind']) === '' ? [required('spec.names.kind')] : []),
    ...(asArray(spec['versions']).length === 0 ? [required('spec.versions')] : []),
    ...(asObject(object['metadata'])['name'] === expected
      ? []
      : [
          bad(
            'metadata.name',
            asString(asObject(object['metadata'])['name']),
            `must be spec.names.plural+"."+spec.group`,
          ),
        ]),
  ];
};

/** Refuses what the real server refuses of the fields every kind has, and a little of pods and CRDs. */
export const validate = (type: ResourceType, object: JsonObject, namespace: string): void => {
  const kind = asString(object['kind']);
  const apiVersion = asString(object['apiVersion']);
  if (kind !== '' && (kind !== type.kind || apiVersion !== apiVersionOf(type))) {
    const detail =
      apiVersion === apiVersionOf(type)
        ? `converting (${apiVersion}.${kind}) to (core.${type.kind}): unknown conversion`
        : `the API version in the data (${apiVersion}) does not match the expected API version (${apiVersionOf(type)})`;
    throw badRequest(`${kind} in version "${apiVersion}" cannot be handled as a ${type.kind}: ${detail}`);
  }
  const metadata = object['metadata'];
  if (!isObject(metadata)) throw badRequest('the object provided has no metadata');
  const name = asString(metadata['name']);
  const given = asString(metadata['namespace']);
  if (type.namespaced && given !== '' && given !== namespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  }
  const causes = metadataCauses(metadata);
  if (name === '') causes.push({ field: 'metadata.name', message: 'Required value: name or generateName is required' });
  else if (type.group !== 'rbac.authorization.k8s.io' && (name.length > 253 || !SUBDOMAIN.test(name)))
    causes.push(bad('metadata.name', name, SUBDOMAIN_TEXT));
  if (type.builtin && type.kind === 'Pod') causes.push(...podCauses(object));
  if (type.builtin && type.kind === 'CustomResourceDefinition') causes.push(...crdCauses(object));
  if (causes.length > 0) throw invalid(type.kind, type, name, causes);
};
