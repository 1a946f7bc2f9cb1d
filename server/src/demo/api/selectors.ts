import { badRequest } from './status.ts';
import type { KubeObject, ResourceType } from './types.ts';
import { asObject, asString } from './types.ts';

type Match = (values: Record<string, string>) => boolean;

const own = (values: Record<string, string>, key: string): string | undefined =>
  Object.hasOwn(values, key) ? values[key] : undefined;

/** Splits at commas that are not inside `( )`. */
const splitTop = (text: string): string[] => {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (c === ',' && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
};

const setRequirement = (part: string): Match | null => {
  const open = part.indexOf('(');
  if (open < 0 || !part.endsWith(')')) return null;
  const [key, operator, rest] = part.slice(0, open).trim().split(/\s+/);
  if (key === undefined || rest !== undefined || (operator !== 'in' && operator !== 'notin')) return null;
  const wanted = new Set(
    part
      .slice(open + 1, -1)
      .split(',')
      .map((value) => value.trim()),
  );
  return operator === 'in'
    ? (values) => wanted.has(own(values, key) ?? '\u0000')
    : (values) => !wanted.has(own(values, key) ?? '\u0000');
};

const labelRequirement = (part: string): Match => {
  const inSet = setRequirement(part);
  if (inSet !== null) return inSet;
  const equality = /^([^=!\s]+)\s*(==|=|!=)\s*([^=!\s]*)$/.exec(part);
  if (equality !== null) {
    const [, key = '', operator, value = ''] = equality;
    return operator === '!=' ? (values) => own(values, key) !== value : (values) => own(values, key) === value;
  }
  const bare = /^(!?)\s*([^=!\s(),]+)$/.exec(part);
  if (bare === null) throw badRequest(`unable to parse requirement: found '${part}', expected: identifier`);
  const key = bare[2] ?? '';
  return bare[1] === '!' ? (values) => own(values, key) === undefined : (values) => own(values, key) !== undefined;
};

/** `a=b,c!=d,e in (f,g),h,!i` as the API server reads it; empty selects everything. */
export const parseLabelSelector = (text: string): Match => {
  const all = splitTop(text).map(labelRequirement);
  return (values) => all.every((match) => match(values));
};

const PODS = [
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'spec.hostNetwork',
  'status.phase',
  'status.podIP',
  'status.nominatedNodeName',
];
const EVENTS = [
  'involvedObject.kind',
  'involvedObject.namespace',
  'involvedObject.name',
  'involvedObject.uid',
  'involvedObject.apiVersion',
  'involvedObject.resourceVersion',
  'involvedObject.fieldPath',
  'reason',
  'reportingComponent',
  'source',
  'type',
];

const extraFields = (type: ResourceType): string[] => {
  if (type.group !== '') return [];
  if (type.plural === 'pods') return PODS;
  if (type.plural === 'events') return EVENTS;
  if (type.plural === 'nodes') return ['spec.unschedulable'];
  if (type.plural === 'namespaces') return ['status.phase'];
  return type.plural === 'secrets' ? ['type'] : [];
};

const at = (object: KubeObject, path: string): string => {
  let value: unknown = object;
  for (const step of path.split('.')) value = asObject(value)[step];
  if (path === 'source') return asString(asObject(value)['component']);
  if (typeof value === 'boolean') return String(value);
  return path === 'spec.hostNetwork' || path === 'spec.unschedulable' ? 'false' : asString(value);
};

/** The fields a field selector may name, cut out of an object once per version. */
export const fieldsOf = (type: ResourceType, object: KubeObject): Record<string, string> => {
  const fields: Record<string, string> = {
    'metadata.name': object.metadata.name,
    'metadata.namespace': object.metadata.namespace ?? '',
  };
  for (const path of extraFields(type)) fields[path] = at(object, path);
  return fields;
};

/** `a=b,c!=d` over the fields the kind offers; another field is a 400, as in the real server. */
export const parseFieldSelector = (type: ResourceType, text: string): Match => {
  const known = new Set(['metadata.name', 'metadata.namespace', ...extraFields(type)]);
  const all = splitTop(text).map((part): Match => {
    const found = /^([^=!]+?)\s*(==|=|!=)\s*(.*)$/.exec(part);
    if (found === null) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
    const [, key = '', operator, value = ''] = found;
    if (!known.has(key)) throw badRequest(`field label not supported: ${key}`);
    return operator === '!=' ? (fields) => fields[key] !== value : (fields) => fields[key] === value;
  });
  return (fields) => all.every((match) => match(fields));
};
