import { AGE, NAME } from './columns.ts';
import { since } from './duration.ts';
import { BUILTIN } from './resources.ts';
import type { Column, Json, JsonObject, KubeObject, ResourceType } from './types.ts';
import { apiVersionOf, asArray, asObject, asString, resourceKey } from './types.ts';

export type GroupVersions = { group: string; versions: string[] };

export type Registry = {
  all: () => ResourceType[];
  groups: () => GroupVersions[];
  find: (group: string, version: string, plural: string) => ResourceType | undefined;
  byKind: (apiVersion: string, kind: string) => ResourceType | undefined;
  /** Storage is per group and plural; any served version of the kind will do. */
  byKey: (key: string) => ResourceType | undefined;
  addCrd: (crd: KubeObject) => void;
  removeCrd: (crd: KubeObject) => string;
};

/** Values under a printer column's simple JSONPath (`.spec.a`, `.status.conditions[?(@.type=="Ready")].status`). */
const simplePath = (object: JsonObject, path: string): Json | undefined => {
  let value: Json | undefined = object;
  for (const step of path.match(/\[[^\]]*\]|[^.[\]]+/g) ?? []) {
    if (!step.startsWith('[')) value = asObject(value)[step.replaceAll('\\', '')];
    else {
      const test = /^\[\?\(@\.([\w-]+)\s*==\s*["']([^"']*)["']\)\]$/.exec(step);
      if (test !== null) value = asArray(value).find((item) => asObject(item)[test[1] ?? ''] === test[2]);
      else value = asArray(value)[Number(step.slice(1, -1))];
    }
    if (value === undefined) return undefined;
  }
  return value;
};

const printerColumn = (spec: JsonObject): Column => {
  const path = asString(spec['jsonPath']);
  const isDate = spec['type'] === 'date';
  return {
    name: asString(spec['name']),
    type: 'string',
    priority: typeof spec['priority'] === 'number' ? spec['priority'] : 0,
    description: asString(spec['description']),
    cell: (object, now) => {
      const value = simplePath(object, path);
      if (isDate) return since(value, now);
      return value === undefined || typeof value === 'object' ? '' : String(value);
    },
  };
};

const typesOfCrd = (crd: KubeObject): ResourceType[] => {
  const spec = asObject(crd['spec']);
  const names = asObject(spec['names']);
  const strings = (value: Json | undefined): string[] =>
    asArray(value)
      .map(asString)
      .filter((text) => text !== '');
  return asArray(spec['versions'])
    .map(asObject)
    .filter((version) => version['served'] !== false)
    .map((version) => {
      const printed = asArray(version['additionalPrinterColumns']).map(asObject);
      return {
        group: asString(spec['group']),
        version: asString(version['name']),
        kind: asString(names['kind']),
        plural: asString(names['plural']),
        singular: asString(names['singular']) || asString(names['kind']).toLowerCase(),
        shortNames: strings(names['shortNames']),
        categories: strings(names['categories']),
        namespaced: spec['scope'] !== 'Cluster',
        status: asObject(version['subresources'])['status'] !== undefined,
        builtin: false,
        columns: printed.length === 0 ? [NAME, AGE] : [NAME, ...printed.map(printerColumn)],
      };
    });
};

/** The kinds that are served now: the compiled-in ones and those of the CustomResourceDefinitions in the store. */
export const createRegistry = (): Registry => {
  const types = new Map<string, ResourceType>();
  const id = (group: string, version: string, plural: string): string => `${group}/${version}/${plural}`;
  const put = (type: ResourceType): void => void types.set(id(type.group, type.version, type.plural), type);
  for (const type of BUILTIN) put(type);

  const groups = (): GroupVersions[] => {
    const found = new Map<string, string[]>();
    for (const type of types.values()) {
      const versions = found.get(type.group) ?? [];
      if (!versions.includes(type.version)) versions.push(type.version);
      found.set(type.group, versions);
    }
    return [...found].map(([group, versions]) => ({ group, versions }));
  };

  return {
    all: () => [...types.values()],
    groups,
    find: (group, version, plural) => types.get(id(group, version, plural)),
    byKind: (apiVersion, kind) =>
      [...types.values()].find((type) => type.kind === kind && apiVersionOf(type) === apiVersion),
    byKey: (key) => [...types.values()].find((type) => resourceKey(type) === key),
    addCrd: (crd) => {
      const served = typesOfCrd(crd);
      const [first] = served;
      if (first === undefined) return;
      for (const type of [...types.values()])
        if (!type.builtin && resourceKey(type) === resourceKey(first))
          types.delete(id(type.group, type.version, type.plural));
      for (const type of served) if (types.get(id(type.group, type.version, type.plural))?.builtin !== true) put(type);
    },
    removeCrd: (crd) => {
      for (const type of typesOfCrd(crd)) types.delete(id(type.group, type.version, type.plural));
      return crd.metadata.name;
    },
  };
};
