import { kindKey } from '../kube/watched-kind.ts';
import { attachmentId, refKey } from '../model/ids.ts';
import type { AddressWorld, Holder, NodeFacts, WorkloadFacts, World } from '../rules/rule.ts';
import type { Deadlines } from './deadlines.ts';
import { baseOf, type Kept, type KeptPlug, plugsIn, plugsWith } from './kept.ts';
import type { createNetworks } from './networks.ts';
import type { Placement } from './placement.ts';
import type { createPools } from './pools.ts';
import type { ReadonlySplitMap } from './split-map.ts';
import type { Store } from './store.ts';
import type { Tracker } from './tracker.ts';

type Parts = {
  store: Store;
  networks: ReturnType<typeof createNetworks>;
  pools: ReturnType<typeof createPools>;
  tracker: Tracker;
  placement: Placement;
  /** Ids of the workloads that hold an address or MAC. */
  holdersOf: (address: string) => readonly string[];
  kept: ReadonlySplitMap<Kept>;
  factsOf: (id: string) => WorkloadFacts | undefined;
  deadlines: Deadlines;
  now: () => number;
};

const holderLimit = 1000;
/** Networks of one segment and part of the address space that are compared with one another. */
const neighbourLimit = 100;

/** The tracked view of the engine that rules get. `judging` ties deadlines to the subject that is being judged. */
export function createWorld(parts: Parts) {
  const { store, networks, tracker, placement, holdersOf, kept, deadlines, now } = parts;
  let subject = { phase: '', id: '' };
  /** Id of the workload that is judged, if it is one. */
  let judged = '';
  const nodeFacts = (name: string): NodeFacts | undefined => {
    tracker.read(`node:${name}`);
    const node = store.nodes.get(name);
    tracker.read(`multus:${name}`);
    tracker.read('multus');
    return node ? { node, multus: store.multusOn(name) } : undefined;
  };
  /** Some plugs of a pod. What a machine has is what its launcher pod has: not held twice. */
  const holdersIn = (id: string, plugsOf: (kept: Kept) => readonly KeptPlug[]): Holder[] => {
    const one = kept.get(id);
    if (one?.workload.kind !== 'Pod') return [];
    return plugsOf(one).map((plug) => {
      const facts = plug.network === null ? undefined : networks.get(plug.network);
      return {
        attachment: { ...plug, state: baseOf(plug), id: attachmentId(id, plug.slot) },
        workload: one.workload,
        network: facts?.network ?? null,
        segment: facts?.claims.find((claim) => claim.segment)?.segment ?? null,
      };
    });
  };
  const world: World = {
    ...addressWorld(parts),
    network: networks.find,
    nadNamespaces: (name) => {
      tracker.read(`nad-name:${name}`);
      return [...store.nadNamespaces.get(name)].sort();
    },
    nadNames: (namespace) => {
      tracker.read(`nads:${namespace}`);
      return store.nadNames.get(namespace);
    },
    reportedMissing: (alias) => {
      tracker.read(`missing:${alias}`);
      const newest = store
        .reportsOf(alias)
        .sort((a, b) => b.record.last - a.record.last || (refKey(a.record.ref) < refKey(b.record.ref) ? -1 : 1))[0];
      return newest ? { ref: newest.record.ref, at: newest.record.last, message: newest.record.message } : undefined;
    },
    holders: (address) => {
      const ids = holdersOf(address);
      if (!ids.includes(judged)) tracker.read(`holders:${address}`);
      return ids
        .filter((id) => id !== judged)
        .sort()
        .slice(0, holderLimit)
        .flatMap((id) => holdersIn(id, (one) => plugsWith(one, address)));
    },
    attachedOn: (network, node) =>
      placement
        .attachedOn(network, node)
        .flatMap((id) =>
          holdersIn(id, (one) =>
            plugsIn(one).filter((plug) => plug.network === network && plug.slot > 0 && baseOf(plug) === 'attached'),
          ),
        ),
    nodesOf: placement.nodesOf,
    isUsed: placement.isUsed,
    reportsOn: placement.reportsOn,
    networksOn: networks.on,
    node: nodeFacts,
    nodes: () => {
      tracker.read('nodes');
      return [...store.nodes.keys()].sort().flatMap((name) => nodeFacts(name) ?? []);
    },
    availability: (group, kind) => {
      const key = kindKey({ group, kind });
      tracker.read(`source:${key}`);
      return store.sources.get(key)?.availability ?? null;
    },
    sources: () => {
      tracker.read('sources');
      return [...store.sources.values()].sort((a, b) => (kindKey(a) < kindKey(b) ? -1 : 1));
    },
    namespace: (name) => {
      tracker.read(`namespace:${name}`);
      return store.namespaceClaims.get(name);
    },
    isSpokenOf: (alias) => {
      tracker.read(`hint:${alias}`);
      return store.hints.has(alias);
    },
    sliceDevice: (device) => {
      tracker.read(`slice-device:${device}`);
      return store.sliceDevice(device);
    },
    part: store.parts.find,
    ...store.slices.world,
    taintsOn: (device) => {
      tracker.read(`slice-device:${device}`);
      const found = store.sliceDevice(device);
      return found ? store.slices.taintsOf(found) : [];
    },
    namespacesWith: store.labelled.matching,
    namespacesKnown: store.labelled.areKnown,
    nodeDevices: store.devices.links,
    deviceTroubles: store.devices.troublesOn,
    nodesWithLink: store.devices.nodesWith,
    linksKnown: store.devices.anyComplete,
    vfOffers: store.devices.offersOf,
    settings: () => {
      tracker.read('settings');
      return [...store.settings.entries()].sort(([a], [b]) => (a < b ? -1 : 1))[0]?.[1];
    },
    due: (at) => {
      if (now() >= at) return true;
      deadlines.set(subject.phase, subject.id, at);
      return false;
    },
  };
  return {
    world,
    judging: <T>(phase: string, id: string, work: (world: World) => T): T => {
      subject = { phase, id };
      judged = phase === 'judge' ? id : '';
      return work(world);
    },
  };
}

/** The part about addresses and policies. */
function addressWorld({ store, networks, pools, tracker, factsOf }: Parts): AddressWorld {
  const { addresses } = store;
  return {
    workload: (id) => {
      tracker.read(`facts:${id}`);
      return factsOf(id);
    },
    pool: pools.find,
    staleIn: pools.staleIn,
    poolsOf: addresses.poolsOf,
    poolsWith: addresses.poolsWith,
    slicesOf: addresses.slicesOf,
    ipamClaim: addresses.ipamClaim,
    drawersOf: addresses.networksOf,
    bridges: addresses.bridges,
    namespacePool: addresses.namespacePool,
    networkKinds: addresses.networkKinds,
    segment: (key, cidr) => addresses.segment(key, cidr, neighbourLimit).flatMap((alias) => networks.find(alias) ?? []),
    near: addresses.near,
    enforcers: store.policies.enforcers,
  };
}
