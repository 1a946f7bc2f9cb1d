import type { SelectionElement } from './selection-types.ts';
import { utf8Length } from './text.ts';

/** IFNAMSIZ - 1. Multus' own text says "less than 15", its code allows 15. */
const MAX_IFNAME = 15;
const GO_SPACE = /[\s\u0085]/u;

/** Why Multus' comma parser refuses an interface name, or undefined. */
export function commaIfnameProblem(name: string): string | undefined {
  if (utf8Length(name) > MAX_IFNAME) return `is longer than ${MAX_IFNAME} characters`;
  if (/[ \t\n\v\f\r/]/.test(name)) return 'has a blank or a slash';
  return undefined;
}

/** Why libcni refuses an interface name just before it runs the plugin, or undefined (utils.ValidateInterfaceName). */
export function cniIfnameProblem(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (utf8Length(name) > MAX_IFNAME) return `is longer than ${MAX_IFNAME} characters`;
  if (name === '.' || name === '..') return 'is . or ..';
  if (/[/:]/.test(name) || GO_SPACE.test(name)) return 'has a slash, a colon or a blank';
  return undefined;
}

export type EffectiveInterface = { element: number; index: number; interface: string; requested: boolean };

/**
 * The pod interface of every element: the requested name, else `net<index>`. The list of delegates is the cluster
 * default (index 0), `defaultNetworksCount` default networks, then the elements; an index is consumed by named
 * interfaces too (Multus pkg/multus/multus.go:94-107).
 */
export function effectiveInterfaces(
  elements: readonly Pick<SelectionElement, 'interface'>[],
  defaultNetworksCount = 0,
): EffectiveInterface[] {
  return elements.map((element, i) => {
    const index = 1 + defaultNetworksCount + i;
    return { element: i, index, interface: element.interface || `net${index}`, requested: Boolean(element.interface) };
  });
}

/**
 * Elements that ask for a name which is taken before: by an earlier element, by a default network (`taken`), by the
 * loopback or by the default interface. `with` is the earlier element, absent when the name is not an element's.
 */
export function interfaceCollisions(
  effective: readonly EffectiveInterface[],
  taken: readonly string[] = ['eth0', 'lo'],
): { element: number; interface: string; with?: number }[] {
  const seen = new Map<string, number | undefined>(taken.map((name) => [name, undefined]));
  const out: { element: number; interface: string; with?: number }[] = [];
  for (const { element, interface: name } of effective) {
    if (seen.has(name)) {
      const first = seen.get(name);
      out.push(first === undefined ? { element, interface: name } : { element, interface: name, with: first });
    } else seen.set(name, element);
  }
  return out;
}
