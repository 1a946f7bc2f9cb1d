import type { Issue } from '../../kube/issue.ts';
import { excerpt, type JsonRecord, pointer } from '../../kube/read.ts';
import type { IpamDescription } from '../ipam/ipam.ts';
import { foldKey, nearestKey } from '../keys.ts';
import type { PluginConfig } from '../network-config.ts';

/** `list` and `record` are typed only as such; their inside is a custom check. `slug` names a value out of bounds. */
export type Field = {
  key: string;
  type: 'string' | 'bool' | 'int' | 'uint' | 'record' | 'list' | 'strings' | 'any';
  required?: string;
  min?: number;
  max?: number;
  oneOf?: readonly string[];
  slug?: string;
};

/** What is known of where the config stands. `resourceName: null` says that the NAD has no such annotation. */
export type PluginContext = { nad?: { namespace: string; name: string }; resourceName?: string | null };

export type Check = PluginContext & {
  plugin: PluginConfig;
  raw: JsonRecord;
  /** Value of a field, its key in any case as Go's decoder has it. */
  get(key: string): unknown;
  error(slug: string, message: string, ...path: (string | number)[]): void;
  warn(slug: string, message: string, ...path: (string | number)[]): void;
};

/** What a plugin says of the network it makes. */
export type PluginDescription = {
  technology: string;
  master?: string;
  bridge?: string;
  vlan?: number;
  mtu?: number;
  mode?: string;
  mac?: string;
  subnets: string[];
  gateways: string[];
  uplink?: string;
  device?: string;
  physicalNetwork?: string;
  role?: string;
  topology?: string;
  links?: string[];
  /** A device must be handed in by a resource (SR-IOV and the like). */
  needsDevice: boolean;
  ipam?: IpamDescription;
};

export type PluginSchema = {
  type: string;
  /** A meta plugin: it works on the result of an earlier one. */
  chained?: true;
  fields: readonly Field[];
  check?(c: Check): void;
  describe?(get: (key: string) => unknown, raw: JsonRecord): Partial<PluginDescription>;
};

export const definePlugin = (schema: PluginSchema): PluginSchema => schema;

const many = (type: Field['type'], keys: string): Field[] => keys.split(' ').map((key) => ({ key, type }));
export const strings = (keys: string): Field[] => many('string', keys);
export const bools = (keys: string): Field[] => many('bool', keys);
export const records = (keys: string): Field[] => many('record', keys);
export const lists = (keys: string): Field[] => many('list', keys);
export const int = (key: string, bounds: Omit<Field, 'key' | 'type'> = {}): Field => ({ key, type: 'int', ...bounds });
export const uint = (key: string, bounds: Omit<Field, 'key' | 'type'> = {}): Field => ({
  key,
  type: 'uint',
  ...bounds,
});
export const word = (key: string, oneOf: readonly string[], slug: string): Field => ({
  key,
  type: 'string',
  oneOf,
  slug,
});
export const required = (key: string, slug: string): Field => ({ key, type: 'string', required: slug });
export const MTU: Field = int('mtu', { min: 0, slug: 'mtu-range' });

/** Keys every plugin may carry, those that Multus and runtimes put in included. */
const COMMON_KEYS =
  'cniVersion cniVersions name type ipam dns capabilities args prevResult runtimeConfig deviceID pciBusID disableCheck disableGC'.split(
    ' ',
  );

/** An own property whose key equals `key` in any case; the exact one first. */
export function fieldOf(raw: JsonRecord, key: string): { key: string; value: unknown } | undefined {
  if (Object.hasOwn(raw, key)) return { key, value: raw[key] };
  const keys = Object.keys(raw);
  // Nobody writes so many by hand; a search per field must not grow with a hostile config.
  if (keys.length > 500) return undefined;
  const folded = foldKey(key);
  const found = keys.findLast((candidate) => candidate.length === key.length && foldKey(candidate) === folded);
  return found === undefined ? undefined : { key: found, value: raw[found] };
}

const MAX_ISSUES = 50;

export type Report = {
  issues: Issue[];
  add(severity: Issue['severity'], slug: string, message: string, path: string): void;
};

export function reporter(): Report {
  const issues: Issue[] = [];
  const add: Report['add'] = (severity, slug, message, path) => {
    if (issues.length < MAX_ISSUES) issues.push({ slug, severity, message, path });
  };
  return { issues, add };
}

/** Types, bounds and keys of one object against its fields. `who` opens the sentences. */
export function checkFields(
  raw: JsonRecord,
  fields: readonly Field[],
  who: string,
  path: string,
  report: Report,
): void {
  for (const field of fields) {
    const found = fieldOf(raw, field.key);
    if (found === undefined || found.value === null || found.value === '') {
      if (field.required) report.add('error', field.required, `${who} needs "${field.key}", which is missing.`, path);
      continue;
    }
    checkField(found.value, field, who, path + pointer(found.key), report);
  }
}

function checkField(value: unknown, field: Field, who: string, path: string, report: Report): void {
  if (!hasType(value, field.type)) {
    const message = `${who}: "${field.key}" is ${excerpt(value)} where ${WANTED[field.type]} is wanted; the plugin refuses the config.`;
    report.add('error', 'plugin-field-type', message, path);
    return;
  }
  const slug = field.slug ?? 'plugin-field-value';
  if (field.oneOf && !field.oneOf.includes(String(value))) {
    report.add(
      'error',
      slug,
      `${who}: "${field.key}" is ${excerpt(value)}; allowed are ${field.oneOf.join(', ')}.`,
      path,
    );
  }
  if (typeof value === 'number' && (value < (field.min ?? value) || value > (field.max ?? value))) {
    const bounds = field.max === undefined ? `at least ${field.min}` : `from ${field.min ?? 0} to ${field.max}`;
    report.add('error', slug, `${who}: "${field.key}" is ${value}; it must be ${bounds}.`, path);
  }
}

const WANTED: Record<Field['type'], string> = {
  string: 'a string',
  bool: 'true or false',
  int: 'a whole number',
  uint: 'a whole number from 0',
  record: 'an object',
  list: 'a list',
  strings: 'a list of strings',
  any: 'a value',
};

function hasType(value: unknown, type: Field['type']): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return Number.isInteger(value);
    case 'uint':
      return Number.isInteger(value) && Number(value) >= 0;
    case 'record':
      return typeof value === 'object' && !Array.isArray(value);
    case 'list':
      return Array.isArray(value);
    case 'strings':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'any':
      return true;
    default:
      return type satisfies never;
  }
}

/** Keys the plugin does not read. It skips them without a word, so they are hints and never errors. */
export function checkUnknownKeys(
  raw: JsonRecord,
  known: readonly string[],
  who: string,
  path: string,
  report: Report,
): void {
  const all = new Set([...known, ...COMMON_KEYS].map(foldKey));
  for (const key of Object.keys(raw).slice(0, 200)) {
    if (all.has(foldKey(key)) || /^(?:_|\/\/|#|\$)|comment/i.test(key)) continue;
    const meant = nearestKey(key, known);
    if (meant && fieldOf(raw, meant) === undefined) {
      report.add(
        'warning',
        'plugin-key-typo',
        `${who} does not read the key ${excerpt(key)}; "${meant}" was probably meant.`,
        path + pointer(key),
      );
    } else {
      report.add('info', 'plugin-key-unknown', `${who} does not read the key ${excerpt(key)}.`, path + pointer(key));
    }
  }
}
