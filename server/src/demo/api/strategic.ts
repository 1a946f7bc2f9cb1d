import { mergePatch, sameJson } from './patch.ts';
import type { Json, JsonObject } from './types.ts';
import { asArray, isObject } from './types.ts';

/** patchMergeKey of the lists in the kinds served here (k8s.io/api/core/v1 types.go, `patchMergeKey` tags). */
const MERGE_KEYS: Record<string, readonly string[]> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  volumes: ['name'],
  env: ['name'],
  imagePullSecrets: ['name'],
  secrets: ['name'],
  ports: ['containerPort', 'port'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  hostAliases: ['ip'],
  podIPs: ['ip'],
  hostIPs: ['ip'],
  addresses: ['type'],
  conditions: ['type'],
  taints: ['key'],
  ownerReferences: ['uid'],
  resourceClaims: ['name'],
  resourceClaimStatuses: ['name'],
  topologySpreadConstraints: ['topologyKey'],
};

const PRIMITIVE_MERGE = new Set(['finalizers']);

const mergeKey = (field: string, items: Json[]): string | undefined =>
  MERGE_KEYS[field]?.find((key) =>
    items.every((item) => isObject(item) && (key in item || item['$patch'] === 'replace')),
  );

/** Puts the items in the order the client saw; items it did not know stay behind those they stood behind. */
const order = (items: Json[], wanted: Json[] | undefined, id: (item: Json) => Json | undefined): Json[] => {
  if (wanted === undefined) return items;
  const rank = (item: Json): number => wanted.findIndex((other) => sameJson(id(other), id(item)));
  const known = items.filter((item) => rank(item) >= 0).sort((a, b) => rank(a) - rank(b));
  return [...known, ...items.filter((item) => rank(item) < 0)];
};

const mergeList = (field: string, old: Json[], patch: Json[], wanted: Json[] | undefined): Json[] => {
  const replace = patch.some((item) => isObject(item) && item['$patch'] === 'replace');
  if (replace) return patch.filter((item) => !(isObject(item) && '$patch' in item));
  if (PRIMITIVE_MERGE.has(field)) {
    return order([...old, ...patch.filter((item) => !old.includes(item))], wanted, (item) => item);
  }
  const key = mergeKey(field, [...old, ...patch]);
  if (key === undefined) return patch;
  const id = (item: Json): Json | undefined => (isObject(item) ? item[key] : undefined);
  let result = [...old];
  for (const item of patch) {
    if (!isObject(item)) continue;
    const index = result.findIndex((other) => sameJson(id(other), id(item)));
    if (item['$patch'] === 'delete') result = result.filter((_, i) => i !== index);
    else if (index < 0) result.push(strategicMerge({}, item));
    else result[index] = strategicMerge(result[index] ?? {}, item);
  }
  return order(result, wanted, id);
};

const withoutPrimitives = (result: JsonObject, patch: JsonObject): void => {
  for (const [key, value] of Object.entries(patch)) {
    const field = /^\$deleteFromPrimitiveList\/(.+)$/.exec(key)?.[1];
    if (field !== undefined) result[field] = asArray(result[field]).filter((item) => !asArray(value).includes(item));
  }
};

/** Strategic merge patch: directives `$patch`, `$retainKeys`, `$setElementOrder/x`, `$deleteFromPrimitiveList/x`. */
export const strategicMerge = (target: Json, patch: Json): Json => {
  if (!isObject(patch)) return patch;
  const { $patch, $retainKeys, ...rest } = patch;
  if ($patch === 'replace') return mergePatch({}, rest);
  if ($patch === 'delete') return {};
  const result: JsonObject = isObject(target) ? { ...target } : {};
  withoutPrimitives(result, rest);
  for (const [key, value] of Object.entries(rest)) {
    if (key.startsWith('$')) continue;
    const old = result[key];
    if (value === null) delete result[key];
    else if (Array.isArray(value)) {
      const wanted = rest[`$setElementOrder/${key}`];
      result[key] = mergeList(key, asArray(old), value, wanted === undefined ? undefined : asArray(wanted));
    } else result[key] = strategicMerge(old ?? {}, value);
  }
  if (Array.isArray($retainKeys))
    for (const key of Object.keys(result)) if (!$retainKeys.includes(key)) delete result[key];
  return result;
};
