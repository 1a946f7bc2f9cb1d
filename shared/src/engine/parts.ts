import { aliasKey } from '../model/ids.ts';
import type { PartClaim } from '../providers/part-claims.ts';
import type { Claims } from '../providers/provider.ts';
import { isEqual } from './equal.ts';
import { createSorted } from './sorted-map.ts';
import type { Tracker } from './tracker.ts';

/** What networks stand on, and which stand on it: the network is put together again when its part changes. */
export function createParts(tracker: Tracker, dirtyAliases: Set<string>) {
  /** Key of a part -> objects that are it, by their key. */
  const parts = new Map<string, Map<string, PartClaim>>();
  const networksOn = createSorted();

  const get = (key: string): PartClaim | undefined => {
    const found = parts.get(key);
    if (!found) return undefined;
    const first = [...found.keys()].sort()[0];
    return first === undefined ? undefined : found.get(first);
  };

  const indexNetworks = (claims: Claims | undefined, on: boolean) => {
    for (const network of claims?.networks ?? [])
      for (const part of network.parts ?? [])
        for (const alias of network.aliases.slice(0, 1)) networksOn[on ? 'add' : 'delete'](part, aliasKey(alias));
  };

  const indexPart = (object: string, part: PartClaim, on: boolean) => {
    const own = parts.get(part.key) ?? new Map<string, PartClaim>();
    if (on) own.set(object, part);
    else own.delete(object);
    if (own.size > 0) parts.set(part.key, own);
    else parts.delete(part.key);
    tracker.touch(`part:${part.key}`);
    for (const alias of networksOn.get(part.key)) dirtyAliases.add(alias);
  };

  return {
    /** Claims that it looks at: nothing else need be told. */
    reads: ['networks', 'parts'] as const satisfies readonly (keyof Claims)[],
    /** What an object claimed before and claims now. */
    change: (object: string, before: Claims | undefined, after: Claims | undefined): void => {
      if (!isEqual(before?.networks, after?.networks)) {
        indexNetworks(before, false);
        indexNetworks(after, true);
      }
      if (isEqual(before?.parts, after?.parts)) return;
      for (const part of before?.parts ?? []) indexPart(object, part, false);
      for (const part of after?.parts ?? []) indexPart(object, part, true);
    },
    get,
    /** Tracked. */
    find: (key: string): PartClaim | undefined => {
      tracker.read(`part:${key}`);
      return get(key);
    },
  };
}
