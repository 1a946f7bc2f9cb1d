import { byText } from '../kube/memo.ts';
import type { Ref } from '../kube/object.ts';
import { kindKey } from '../kube/watched-kind.ts';
import { aliasKey, networkId, objectKey } from '../model/ids.ts';
import type { Alias, Condition, Network } from '../model/topology.ts';
import { othersOf } from '../providers/dra-claim.ts';
import { bareName } from '../providers/pod-network-names.ts';
import type { NetworkClaim } from '../providers/provider.ts';
import type { NetworkFacts } from '../rules/rule.ts';
import { isEqual } from './equal.ts';
import { createMultiMap } from './multimap.ts';
import type { Owned } from './owned.ts';
import { commonest, type Store } from './store.ts';
import type { Tracker } from './tracker.ts';

/** How many networks of one device are compared with each other. */
const deviceLimit = 300;

/** Schemes in the order in which they name a network that has several; the others follow by text. */
const schemeRank = ['default', 'udn', 'nad', 'podnetwork'];

const compareAliases = (a: Alias, b: Alias): number => {
  const rank = (alias: Alias) => {
    const at = schemeRank.indexOf(alias.scheme);
    return at < 0 ? schemeRank.length : at;
  };
  return rank(a) - rank(b) || (aliasKey(a) < aliasKey(b) ? -1 : aliasKey(a) > aliasKey(b) ? 1 : 0);
};

/**
 * Networks by alias: claims that share an alias, directly or through others, are one network. A change puts together again only the
 * networks that its aliases reach.
 */
export function createNetworks(store: Store, tracker: Tracker) {
  const byId = new Map<string, NetworkFacts>();
  const idOf = new Map<string, string>();
  const byDevice = createMultiMap<string, string>();

  /** Sorted lists of `byDevice`, made anew after a change: every network on a device asks for the whole list. */
  const sortedByDevice = new Map<string, NetworkFacts[]>();

  const networksOn = (device: string): NetworkFacts[] => {
    const known = sortedByDevice.get(device);
    if (known) return known;
    const ids = [...byDevice.get(device)].sort().slice(0, deviceLimit);
    const found = ids.flatMap((id) => byId.get(id) ?? []);
    sortedByDevice.set(device, found);
    return found;
  };

  const indexDevices = (facts: NetworkFacts | undefined, on: boolean) => {
    for (const { device } of facts?.network.uplinks ?? []) {
      if (!device) continue;
      byDevice[on ? 'add' : 'delete'](device, facts?.network.id ?? '');
      sortedByDevice.delete(device);
      tracker.touch(`device:${device}`);
    }
  };

  const claimsAround = (start: string): { aliases: Set<string>; claims: Owned<NetworkClaim & { key: string }>[] } => {
    const aliases = new Set([start]);
    const claims = new Map<string, Owned<NetworkClaim & { key: string }>>();
    for (const alias of aliases) {
      for (const claim of store.networkClaims(alias)) {
        claims.set(`${claim.provider} ${claim.key} ${claim.aliases.map(aliasKey).join()}`, claim);
        for (const other of claim.aliases) aliases.add(aliasKey(other));
      }
    }
    const sorted = [...claims.entries()].sort(
      ([a, one], [b, other]) => (other.rank ?? 0) - (one.rank ?? 0) || (a < b ? -1 : 1),
    );
    return { aliases, claims: sorted.map(([, claim]) => claim) };
  };

  const drop = (id: string, touched: Set<string>) => {
    const facts = byId.get(id);
    if (!facts) return;
    byId.delete(id);
    for (const alias of facts.network.aliases) {
      idOf.delete(aliasKey(alias));
      touched.add(aliasKey(alias));
    }
  };

  /** A name that is only spoken of, and that an object has in full: no network of its own. */
  const isDefinedElsewhere = (alias: string): boolean =>
    othersOf(toAlias(alias))
      .map(aliasKey)
      .some((other) => bareOf(other) === alias && store.networkClaims(other).length > 0);

  /** What a NetworkKind says of a kind is said of each of its networks. */
  const touchKinds = () => {
    const changed = new Set(store.addresses.takeChangedKinds());
    if (changed.size === 0) return;
    for (const { network, claims } of byId.values())
      if (claims.some(({ ref }) => changed.has(kindKey(ref))))
        for (const alias of network.aliases) store.dirtyAliases.add(aliasKey(alias));
  };

  const settle = (): string[] => {
    touchKinds();
    if (store.dirtyAliases.size === 0) return [];
    const before = new Map<string, NetworkFacts>();
    const touched = new Set(store.dirtyAliases);
    for (const alias of store.dirtyAliases) {
      const bare = bareOf(alias);
      if (bare && store.hints.has(bare)) touched.add(bare);
    }
    for (const alias of [...touched]) {
      const id = idOf.get(alias);
      const facts = id && byId.get(id);
      if (!id || !facts) continue;
      before.set(id, facts);
      drop(id, touched);
    }
    store.dirtyAliases.clear();
    const after = new Set<string>();
    for (const alias of [...touched].sort()) {
      if (idOf.has(alias)) continue;
      const around = claimsAround(alias);
      if (around.claims.length === 0 && (!store.hints.has(alias) || isDefinedElsewhere(alias))) continue;
      const facts = buildNetwork(alias, around.claims, store);
      // A network that was whole until now may have been reached from a new side.
      for (const reached of around.aliases) {
        const old = idOf.get(reached);
        const oldFacts = old && byId.get(old);
        if (!old || !oldFacts) continue;
        before.set(old, oldFacts);
        drop(old, touched);
      }
      byId.set(facts.network.id, facts);
      after.add(facts.network.id);
      for (const name of facts.network.aliases) idOf.set(aliasKey(name), facts.network.id);
    }
    const changed = [...new Set([...before.keys(), ...after])].filter((id) => !isEqual(before.get(id), byId.get(id)));
    const stale = new Set(
      changed
        .flatMap((id) => [before.get(id), byId.get(id)])
        .flatMap((facts) => facts?.network.aliases.map(aliasKey) ?? []),
    );
    for (const alias of stale) tracker.touch(`net:${alias}`);
    for (const id of changed) {
      indexDevices(before.get(id), false);
      indexDevices(byId.get(id), true);
      tracker.mark('network', id);
    }
    return changed.sort();
  };

  return {
    byId,
    settle,
    /** Tracked. */
    on: (device: string): NetworkFacts[] => {
      tracker.read(`device:${device}`);
      return networksOn(device);
    },
    /** By id. Tracked. */
    get: (id: string): NetworkFacts | undefined => {
      const facts = byId.get(id);
      const [alias] = facts?.network.aliases ?? [];
      if (alias) tracker.read(readKey(aliasKey(alias)));
      return facts;
    },
    /** Tracked. */
    find: (alias: string): NetworkFacts | undefined => {
      tracker.read(readKey(alias));
      const id = idOf.get(alias);
      return id === undefined ? undefined : byId.get(id);
    },
  };
}

/** What is read when a network is looked up: by every attachment, of few networks. */
const readKey = byText(10_000, (alias) => ['net:', alias].join(''));

const toAlias = (key: string): Alias => {
  const colon = key.indexOf(':');
  return { scheme: key.slice(0, colon), value: key.slice(colon + 1) };
};

const bareOf = (key: string): string | undefined => {
  const bare = bareName(toAlias(key));
  return bare && aliasKey(bare);
};

/** Who speaks of a network that no object defines. */
const hintedBy: Readonly<Record<string, string>> = {
  default: 'default-network',
  deviceclass: 'dra',
  dra: 'dra',
  podnetwork: 'dra',
};

const unique = <T>(items: T[]): T[] => [...new Set(items)];

/** Conditions of the NetworkKinds that make networks of these objects, each saying whose it is. */
const ofKinds = (refs: Iterable<Ref>, store: Store): Condition[] =>
  [...new Set([...refs].map(({ group, kind }) => `${group}/${kind}`))].flatMap((key) => {
    const slash = key.lastIndexOf('/');
    return store.addresses
      .kindsOf({ group: key.slice(0, slash), kind: key.slice(slash + 1) })
      .flatMap(({ ref, name, conditions }) =>
        conditions.map((condition) => ({ ...condition, type: `${condition.type} of ${ref.kind} ${name}` })),
      );
  });

function buildNetwork(start: string, claims: Owned<NetworkClaim & { key: string }>[], store: Store): NetworkFacts {
  const colon = start.indexOf(':');
  const named: Alias[] = claims.flatMap((claim) => claim.aliases);
  const aliases = (named.length > 0 ? named : [{ scheme: start.slice(0, colon), value: start.slice(colon + 1) }])
    .filter((alias, index, all) => all.findIndex((other) => aliasKey(other) === aliasKey(alias)) === index)
    .sort(compareAliases);
  const main = aliases[0] as Alias;
  const first = claims[0];
  const hinted = commonest(store.hints.get(aliasKey(main)));
  const objects = new Map<string, Ref>(claims.map((claim) => [objectKey(claim.ref), claim.ref]));
  const pools = unique(claims.flatMap((claim) => claim.poolKeys ?? []).flatMap(store.addresses.poolsOf)).sort();
  const lent = pools.flatMap((id) => store.addresses.pools.get(id)?.lends ?? []);
  const parts = unique(claims.flatMap((claim) => claim.parts ?? [])).flatMap((key) => store.parts.get(key) ?? []);
  const uplinks = [...claims, ...parts].flatMap((from) => from.uplinks ?? []);
  const network: Network = {
    id: networkId(main),
    name: hinted || first?.name || (main.scheme === 'default' ? 'pod network' : main.value),
    provider: first?.provider ?? hintedBy[main.scheme] ?? 'unknown',
    technology: claims.find((claim) => claim.technology !== 'unknown')?.technology ?? 'unknown',
    role: first?.role ?? (main.scheme === 'default' ? 'cluster-default' : 'secondary'),
    aliases,
    objects: [...objects.values()],
    subnets: unique([...claims, ...lent].flatMap((from) => from.subnets)),
    gateways: unique([...claims, ...lent].flatMap((from) => from.gateways)),
    uplinks: [...new Map(uplinks.map((item) => [JSON.stringify(item), item])).values()],
    pools,
    conditions: [...claims.flatMap((claim) => claim.conditions), ...ofKinds(objects.values(), store)],
  };
  const vlan = [...claims, ...lent, ...parts].find((from) => from.vlan !== undefined)?.vlan;
  const mtu = claims.find((claim) => claim.mtu !== undefined)?.mtu;
  if (first?.namespace) network.namespace = first.namespace;
  if (vlan !== undefined) network.vlan = vlan;
  if (mtu !== undefined) network.mtu = mtu;
  const firstPart = claims.findIndex((claim) => claim.partial);
  return { network, claims: claims.filter((claim, index) => !claim.partial || index === firstPart) };
}
