import type { NodeDevice } from '../model/topology.ts';
import type { DeviceTrouble, NodeDeviceReport, VfOffer } from '../providers/device-claims.ts';
import type { Claims } from '../providers/provider.ts';
import type { DeviceFacts, LinkFacts, TroubleFacts } from '../rules/rule.ts';
import { isEqual } from './equal.ts';
import { createMultiMap } from './multimap.ts';
import type { Tracker } from './tracker.ts';

type Kept = { provider: string; report: NodeDeviceReport };

/** How many nodes are looked at for one link: more would say nothing new. */
const nodeLimit = 50;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const namesOf = ({ report }: Kept): string[] => [
  ...new Set(report.devices.flatMap(({ name, altNames }) => [name, ...(altNames ?? [])])),
];

/** Devices of nodes as objects report them, by node and by the name of a link; what several report of one device is one device. */
export function createDevices(tracker: Tracker) {
  const reports = new Map<string, Map<string, Kept>>();
  /** Name of a link -> its node and the object that lists it. */
  const holders = createMultiMap<string, string>();
  const complete = createMultiMap<string, string>();
  const offers = createMultiMap<string, string>();
  const offersOf = new Map<string, readonly VfOffer[]>();
  const troubles = new Map<string, DeviceTrouble & { node: string; ref: VfOffer['ref'] }>();

  const indexReport = (key: string, kept: Kept, on: boolean) => {
    const { node } = kept.report;
    const edit = on ? 'add' : 'delete';
    const own = reports.get(node) ?? new Map<string, Kept>();
    if (on) own.set(key, kept);
    else own.delete(key);
    if (own.size > 0) reports.set(node, own);
    else reports.delete(node);
    for (const name of namesOf(kept)) {
      holders[edit](name, `${node}\n${key}`);
      tracker.touch(`link:${name}`);
    }
    if (kept.report.complete) {
      const before = complete.size();
      complete[edit](node, key);
      if ((before === 0) !== (complete.size() === 0)) tracker.touch('link-reports');
    }
    if (kept.report.trouble) {
      if (on) troubles.set(`${node} ${key}`, { ...kept.report.trouble, node, ref: kept.report.ref });
      else troubles.delete(`${node} ${key}`);
      if (!node) tracker.touch('troubles');
    }
    tracker.touch(`devices:${node}`);
    if (node) tracker.mark('node', node);
  };

  const indexOffers = (key: string, list: readonly VfOffer[], on: boolean) => {
    if (on) offersOf.set(key, list);
    else offersOf.delete(key);
    for (const { resource } of list) {
      offers[on ? 'add' : 'delete'](resource, key);
      tracker.touch(`vfs:${resource}`);
    }
  };

  const keptOf = (provider: string, claims: Claims | undefined): Kept[] =>
    (claims?.devices ?? []).map((report) => ({ provider, report }));

  const sorted = (node: string): [string, Kept][] => [...(reports.get(node) ?? [])].sort(([a], [b]) => byText(a, b));

  const merge = (node: string): DeviceFacts[] => {
    const found = new Map<string, DeviceFacts>();
    for (const [, { provider, report }] of sorted(node))
      for (const { path, mtu, up, altNames, ...device } of report.devices) {
        const known = found.get(device.id);
        const fresh: DeviceFacts = { device: { ...device, provider }, ref: report.ref, path };
        const facts = known ?? fresh;
        if (known)
          known.device = {
            ...fresh.device,
            ...known.device,
            details: { ...fresh.device.details, ...known.device.details },
          };
        if (facts.mtu === undefined && mtu !== undefined) facts.mtu = mtu;
        if (facts.up === undefined && up !== undefined) facts.up = up;
        if (altNames) facts.altNames = [...new Set([...(facts.altNames ?? []), ...altNames])];
        found.set(device.id, facts);
      }
    return [...found.values()].sort((a, b) => byText(a.device.id, b.device.id));
  };

  /** A node has many devices and every pod on it may ask: merged once until one of its reports changes. */
  const merged = new Map<string, DeviceFacts[]>();
  const devicesOf = (node: string): DeviceFacts[] => {
    const known = merged.get(node);
    if (known) return known;
    if (!reports.has(node)) return [];
    const fresh = merge(node);
    if (fresh.length > 0) merged.set(node, fresh);
    return fresh;
  };

  return {
    /** Claims that it looks at: nothing else need be told. */
    reads: ['devices', 'vfOffers'] as const satisfies readonly (keyof Claims)[],
    /** What an object claimed before and claims now. */
    change: (key: string, provider: string, before: Claims | undefined, after: Claims | undefined): void => {
      if (!before?.devices && !after?.devices && !before?.vfOffers && !after?.vfOffers) return;
      if (!isEqual(before?.devices, after?.devices)) {
        for (const kept of keptOf(provider, before)) {
          indexReport(key, kept, false);
          merged.delete(kept.report.node);
        }
        for (const kept of keptOf(provider, after)) {
          indexReport(key, kept, true);
          merged.delete(kept.report.node);
        }
      }
      if (isEqual(before?.vfOffers, after?.vfOffers)) return;
      if (before?.vfOffers) indexOffers(key, before.vfOffers, false);
      if (after?.vfOffers) indexOffers(key, after.vfOffers, true);
    },
    /** Of one node, by id. */
    of: (node: string): NodeDevice[] => devicesOf(node).map(({ device }) => device),
    *all(): Iterable<NodeDevice> {
      for (const node of reports.keys()) for (const { device } of devicesOf(node)) yield device;
    },
    /** Tracked, like the others. */
    links: (node: string): LinkFacts => {
      tracker.read(`devices:${node}`);
      const whole = sorted(node).find(([, { report }]) => report.complete)?.[1].report.ref;
      return { devices: devicesOf(node), ...(whole ? { complete: whole } : {}) };
    },
    troublesOn: (node: string): TroubleFacts[] => {
      tracker.read(node ? `devices:${node}` : 'troubles');
      const keys = sorted(node).map(([key]) => `${node} ${key}`);
      return keys.flatMap((key) => troubles.get(key) ?? []);
    },
    /** Nodes that have a link of this name, of those that list all of theirs. */
    nodesWith: (link: string): string[] => {
      tracker.read(`link:${link}`);
      const nodes = [...holders.get(link)].map((text) => text.slice(0, text.indexOf('\n')));
      return [...new Set(nodes)].sort().slice(0, nodeLimit);
    },
    /** Some node lists all of its links. */
    anyComplete: (): boolean => {
      tracker.read('link-reports');
      return complete.size() > 0;
    },
    offersOf: (resource: string): VfOffer[] => {
      tracker.read(`vfs:${resource}`);
      return [...offers.get(resource)]
        .sort()
        .slice(0, nodeLimit)
        .flatMap((key) => offersOf.get(key)?.find((offer) => offer.resource === resource) ?? []);
    },
  };
}
