import { ApiError, badRequest } from './status.ts';
import type { Json, JsonObject } from './types.ts';

/**
 * Reads the protobuf that newer kubectl sends for the kinds it has compiled in (create namespace, configmap,
 * deployment, auth can-i). Field numbers as in k8s.io/api generated.proto. Other kinds are asked for in JSON.
 */
type Field = [name: string, kind: 'text' | 'number' | 'bool' | 'map' | Shape, many?: boolean];
type Shape = { [field: number]: Field };

const META: Shape = {
  1: ['name', 'text'],
  2: ['generateName', 'text'],
  3: ['namespace', 'text'],
  11: ['labels', 'map'],
  12: ['annotations', 'map'],
  14: ['finalizers', 'text', true],
};
const SELECTOR: Shape = { 1: ['matchLabels', 'map'] };
const PORT: Shape = {
  1: ['name', 'text'],
  2: ['hostPort', 'number'],
  3: ['containerPort', 'number'],
  4: ['protocol', 'text'],
};
const ENV: Shape = { 1: ['name', 'text'], 2: ['value', 'text'] };
const CONTAINER: Shape = {
  1: ['name', 'text'],
  2: ['image', 'text'],
  3: ['command', 'text', true],
  4: ['args', 'text', true],
  5: ['workingDir', 'text'],
  6: ['ports', PORT, true],
  7: ['env', ENV, true],
  14: ['imagePullPolicy', 'text'],
};
const POD_SPEC: Shape = {
  2: ['containers', CONTAINER, true],
  3: ['restartPolicy', 'text'],
  4: ['terminationGracePeriodSeconds', 'number'],
  6: ['dnsPolicy', 'text'],
  7: ['nodeSelector', 'map'],
  8: ['serviceAccountName', 'text'],
  10: ['nodeName', 'text'],
  11: ['hostNetwork', 'bool'],
};
const TEMPLATE: Shape = { 1: ['metadata', META], 2: ['spec', POD_SPEC] };
const ATTRIBUTES: Shape = {
  1: ['namespace', 'text'],
  2: ['verb', 'text'],
  3: ['group', 'text'],
  4: ['version', 'text'],
  5: ['resource', 'text'],
  6: ['subresource', 'text'],
  7: ['name', 'text'],
};
const PATH: Shape = { 1: ['path', 'text'], 2: ['verb', 'text'] };

const KINDS: Record<string, Shape> = {
  Namespace: { 1: ['metadata', META] },
  ConfigMap: { 1: ['metadata', META], 2: ['data', 'map'] },
  ServiceAccount: { 1: ['metadata', META] },
  Pod: { 1: ['metadata', META], 2: ['spec', POD_SPEC] },
  Deployment: {
    1: ['metadata', META],
    2: ['spec', { 1: ['replicas', 'number'], 2: ['selector', SELECTOR], 3: ['template', TEMPLATE] }],
  },
  Job: {
    1: ['metadata', META],
    2: [
      'spec',
      {
        1: ['parallelism', 'number'],
        2: ['completions', 'number'],
        6: ['template', TEMPLATE],
        7: ['backoffLimit', 'number'],
      },
    ],
  },
  SelfSubjectAccessReview: {
    1: ['metadata', META],
    2: ['spec', { 1: ['resourceAttributes', ATTRIBUTES], 2: ['nonResourceAttributes', PATH] }],
  },
  SelfSubjectRulesReview: { 1: ['metadata', META], 2: ['spec', { 1: ['namespace', 'text'] }] },
  SelfSubjectReview: { 1: ['metadata', META] },
  DeleteOptions: { 1: ['gracePeriodSeconds', 'number'], 4: ['propagationPolicy', 'text'], 5: ['dryRun', 'text', true] },
};

const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

type Raw = { number: number; value: number | Buffer };

const varint = (bytes: Buffer, at: number): [value: number, next: number] => {
  let value = 0;
  for (let shift = 0, i = at; shift < 64 && i < bytes.length; shift += 7, i++) {
    const byte = bytes[i] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, i + 1];
  }
  throw badRequest('proto: unexpected EOF');
};

const fieldsOf = (bytes: Buffer): Raw[] => {
  const fields: Raw[] = [];
  let at = 0;
  while (at < bytes.length) {
    const [tag, start] = varint(bytes, at);
    const [value, next] = varint(bytes, start);
    const number = Math.floor(tag / 8);
    if (tag % 8 === 0) {
      fields.push({ number, value });
      at = next;
    } else if (tag % 8 === 2 && next + value <= bytes.length) {
      fields.push({ number, value: bytes.subarray(next, next + value) });
      at = next + value;
    } else throw badRequest(`proto: wrong wireType = ${tag % 8}`);
  }
  return fields;
};

const text = (raw: Raw | undefined): string =>
  raw !== undefined && Buffer.isBuffer(raw.value) ? raw.value.toString('utf8') : '';

const one = (kind: Field[1], raw: Raw): Json => {
  if (kind === 'number') return typeof raw.value === 'number' ? raw.value : 0;
  if (kind === 'bool') return raw.value !== 0;
  if (kind === 'text' || kind === 'map') return text(raw);
  return Buffer.isBuffer(raw.value) ? message(kind, raw.value) : {};
};

const message = (shape: Shape, bytes: Buffer): JsonObject => {
  const result: JsonObject = {};
  for (const raw of fieldsOf(bytes)) {
    const [name, kind, many] = shape[raw.number] ?? [];
    if (name === undefined || kind === undefined) continue;
    const old = result[name];
    if (kind === 'map' && Buffer.isBuffer(raw.value)) {
      const pair = fieldsOf(raw.value);
      const key = text(pair.find((item) => item.number === 1));
      result[name] = {
        ...(typeof old === 'object' && old !== null && !Array.isArray(old) ? old : {}),
        [key]: text(pair.find((item) => item.number === 2)),
      };
    } else if (many === true) result[name] = [...(Array.isArray(old) ? old : []), one(kind, raw)];
    else if (text(raw) !== '' || !Buffer.isBuffer(raw.value)) result[name] = one(kind, raw);
  }
  return result;
};

/** The body of a `application/vnd.kubernetes.protobuf` request as JSON: runtime.Unknown around the object. */
export const decodeProtobuf = (body: Buffer): JsonObject => {
  if (!body.subarray(0, 4).equals(MAGIC)) throw badRequest('the body is not a Kubernetes protobuf message');
  const envelope = fieldsOf(body.subarray(4));
  const type = envelope.find((item) => item.number === 1)?.value;
  const raw = envelope.find((item) => item.number === 2)?.value;
  const names = Buffer.isBuffer(type) ? fieldsOf(type) : [];
  const apiVersion = text(names.find((item) => item.number === 1));
  const kind = text(names.find((item) => item.number === 2));
  const shape = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (shape === undefined)
    throw new ApiError(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml`,
    );
  return { metadata: {}, ...message(shape, Buffer.isBuffer(raw) ? raw : Buffer.alloc(0)), apiVersion, kind };
};
