import { type Change, type KubeObject, refOf, type SourceState } from '../kube/object.ts';
import { kindKey } from '../kube/watched-kind.ts';
import { aliasKey, objectKey } from '../model/ids.ts';
import type { Edge, Workload } from '../model/topology.ts';
import type { GrantClaim, NamespaceClaim, SliceDeviceClaim } from '../providers/grant-claims.ts';
import type {
  Claims,
  EventClaim,
  MultusSettings,
  NetworkClaim,
  NodeClaim,
  ObservationClaim,
  Provider,
  ReportClaim,
  RequestClaim,
  WorkloadClaim,
} from '../providers/provider.ts';
import { createAddressIndex } from './address-index.ts';
import { createAnswers } from './answers.ts';
import { createClaimer, type Stored } from './claimed.ts';
import { createDevices } from './devices.ts';
import { isEqual } from './equal.ts';
import { createMultiMap } from './multimap.ts';
import { createNamespaces } from './namespaces.ts';
import type { Owned, OwnedClaims } from './owned.ts';
import { createParts } from './parts.ts';
import { createPolicyIndex } from './policy-index.ts';
import { createSlices } from './slices.ts';
import { createSorted } from './sorted-map.ts';
import { SplitMap } from './split-map.ts';
import type { Tracker } from './tracker.ts';

/** Object key of a NAD by its alias: `nad:ns/name`. */
const nadScheme = 'nad:';

/**
 * Level 0 of the engine: the claims of every object, with the indexes by which they meet. Ingesting an object touches the keys that
 * its old and new claims concern, and nothing else.
 */
export type Store = ReturnType<typeof createStore>;

/** The claims of at most `warm` pods are kept at hand. */
export function createStore(providers: readonly Provider[], tracker: Tracker, warm: number) {
  const claimer = createClaimer(providers, warm);
  const objects = new SplitMap<Stored>();
  const workloads = new SplitMap<Workload>();
  /** Keys of the objects that workloads are, where they are not what `keyOfWorkload` says: a manifest need not name its namespace. */
  const otherKeys = new Map<string, string>();
  const contributors = createMultiMap<string, string>();
  const events = createMultiMap<string, string>();
  const aliases = createMultiMap<string, string>();
  const nadNamespaces = createMultiMap<string, string>();
  const nadNames = createSorted();
  const nodes = new Map<string, NodeClaim>();
  const nodeWorkloads = createMultiMap<string, string>();
  const ownerWorkloads = createMultiMap<string, string>();
  const inherited = createMultiMap<string, string>();
  const daemons = createMultiMap<string, string>();
  const hints = new Map<string, Map<string, number>>();
  const missingReports = createMultiMap<string, string>();
  const sources = new Map<string, SourceState>();
  const settings = new Map<string, MultusSettings>();
  const grants = createMultiMap<string, string>();
  const namespaceClaims = new Map<string, NamespaceClaim>();
  const sliceDevices = createMultiMap<string, string>();
  const standIns = new Map<string, { workload: WorkloadClaim; requests: Owned<RequestClaim>[] }>();
  const edges = new Map<string, Edge>();
  const namespaces = new Map<string, number>();
  /** Aliases whose network must be put together again. */
  const dirtyAliases = new Set<string>();
  const addresses = createAddressIndex(tracker, dirtyAliases);
  const policies = createPolicyIndex(tracker, (id) => workloads.get(id));
  const devices = createDevices(tracker);
  const parts = createParts(tracker, dirtyAliases);
  const answers = createAnswers(tracker);
  const slices = createSlices(tracker);
  const labelled = createNamespaces(tracker);

  const setOne = <K, V>(map: Map<K, V>, key: K, value: V | undefined) => {
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  };

  const countNamespace = (namespace: string, by: 1 | -1) => {
    const count = (namespaces.get(namespace) ?? 0) + by;
    if (count > 0) namespaces.set(namespace, count);
    else namespaces.delete(namespace);
  };

  const indexWorkload = (key: string, claim: WorkloadClaim, on: boolean) => {
    const { id, node, namespace } = claim.workload;
    const edit = on ? 'add' : 'delete';
    if (on) workloads.set(id, claim.workload);
    else workloads.delete(id);
    setOne(otherKeys, id, on && key !== keyOfWorkload(claim.workload) ? key : undefined);
    countNamespace(namespace, on ? 1 : -1);
    if (node) nodeWorkloads[edit](node, id);
    if (claim.ownerKey) ownerWorkloads[edit](claim.ownerKey, id);
    if (claim.multusDaemon && node && claim.workload.ready && !claim.terminating) {
      const before = daemons.size();
      daemons[edit](node, id);
      tracker.touch(`multus:${node}`);
      if ((before === 0) !== (daemons.size() === 0)) tracker.touch('multus');
    }
    tracker.mark('assemble', id);
  };

  const indexNetwork = (key: string, claim: NetworkClaim, on: boolean) => {
    const edit = on ? 'add' : 'delete';
    for (const alias of claim.aliases) {
      const text = aliasKey(alias);
      aliases[edit](text, key);
      dirtyAliases.add(text);
      // Others may go by the name of a NAD that does not exist: what it is to be made from.
      if (!text.startsWith(nadScheme) || claim.ref.kind !== 'NetworkAttachmentDefinition') continue;
      const [namespace = '', name = ''] = text.slice(nadScheme.length).split('/');
      nadNamespaces[edit](name, namespace);
      nadNames[edit](namespace, name);
      tracker.touch(`nad-name:${name}`);
      tracker.touch(`nads:${namespace}`);
    }
  };

  const indexEvent = (key: string, claim: EventClaim, on: boolean) => {
    const edit = on ? 'add' : 'delete';
    events[edit](claim.workload, key);
    tracker.mark('assemble', claim.workload);
    const missing = claim.verdict?.nad;
    if (!missing?.name) return;
    const namespace =
      missing.namespace ?? claim.workload.slice(claim.workload.indexOf(':') + 1, claim.workload.indexOf('/'));
    const alias = `${nadScheme}${namespace}/${missing.name}`;
    missingReports[edit](alias, key);
    tracker.touch(`missing:${alias}`);
  };

  const indexHint = (alias: string, name: string, on: boolean) => {
    const existed = hints.has(alias);
    const counts = hints.get(alias) ?? new Map<string, number>();
    const count = (counts.get(name) ?? 0) + (on ? 1 : -1);
    // One name of many: nearly always.
    if (count > 0 && counts.size === 1 && counts.has(name)) {
      counts.set(name, count);
      return;
    }
    const before = commonest(counts);
    if (count > 0) counts.set(name, count);
    else counts.delete(name);
    if (counts.size > 0) hints.set(alias, counts);
    else hints.delete(alias);
    if (existed !== hints.has(alias)) tracker.touch(`hint:${alias}`);
    if (existed !== hints.has(alias) || commonest(counts) !== before) dirtyAliases.add(alias);
  };

  const index = (key: string, stored: Stored, on: boolean) => {
    const edit = on ? 'add' : 'delete';
    const claimed = claimer.claimsOf(stored);
    const own = claimed.find(({ claims }) => claims.workload)?.claims.workload?.workload.id;
    const contribute = (workload: string) => {
      // What an object says of itself needs no index.
      if (workload === own || contributors[edit](workload, key)) tracker.mark('assemble', workload);
    };
    for (const { claims, provider } of claimed) {
      if (claims.workload) indexWorkload(key, claims.workload, on);
      if (claims.standIn) {
        const { workload, requests } = claims.standIn;
        const { id, namespace } = workload.workload;
        const owned = requests.map((request) => ({ ...request, provider }));
        setOne(standIns, id, on ? { workload, requests: owned } : undefined);
        countNamespace(namespace, on ? 1 : -1);
        tracker.mark('assemble', id);
      }
      for (const { workload } of claims.requests ?? []) contribute(workload);
      for (const { workload } of claims.observations ?? []) contribute(workload);
      if (claims.report) contribute(claims.report.workload);
      if (claims.draws) contribute(claims.draws.workload);
      for (const network of claims.networks ?? []) indexNetwork(key, network, on);
      for (const hint of claims.hints ?? []) indexHint(aliasKey(hint.alias), hint.name, on);
      if (claims.event) indexEvent(key, claims.event, on);
      if (claims.node) {
        setOne(nodes, claims.node.name, on ? claims.node : undefined);
        tracker.touch(`node:${claims.node.name}`);
        tracker.touch('nodes');
        tracker.mark('node', claims.node.name);
      }
      if (claims.inherited) {
        inherited[edit](claims.inherited.owner, key);
        tracker.touch(`owner:${claims.inherited.owner}`);
      }
      for (const grant of claims.grants ?? []) {
        grants[edit](grant.key, key);
        tracker.touch(`grant:${grant.key}`);
      }
      for (const { device } of claims.sliceDevices ?? []) {
        sliceDevices[edit](device, key);
        tracker.touch(`slice-device:${device}`);
      }
      if (claims.namespace) {
        setOne(namespaceClaims, claims.namespace.name, on ? claims.namespace : undefined);
        tracker.touch(`namespace:${claims.namespace.name}`);
      }
      for (const edge of claims.edges ?? []) setOne(edges, edge.id, on ? edge : undefined);
      if (claims.settings) {
        setOne(settings, key, on ? claims.settings : undefined);
        tracker.touch('settings');
      }
    }
  };

  /** Indexes that look at what changed between two versions of an object, as one provider claims it; and at which claims. */
  const indexes: readonly {
    of: readonly (keyof Claims)[];
    change: (key: string, provider: string, before: OwnedClaims | undefined, after: OwnedClaims | undefined) => void;
  }[] = [
    { of: addresses.reads, change: (key, _, before, after) => addresses.change(key, before, after) },
    { of: policies.reads, change: (key, _, before, after) => policies.change(key, before, after) },
    { of: devices.reads, change: devices.change },
    { of: parts.reads, change: (key, id, before, after) => parts.change(`${key} ${id}`, before, after) },
    { of: answers.reads, change: (_, __, before, after) => answers.change(before, after) },
    { of: slices.reads, change: (key, _, before, after) => slices.change(key, before, after) },
    { of: labelled.reads, change: (_, __, before, after) => labelled.change(before, after) },
  ];
  const changeOf = (
    key: string,
    provider: string,
    before: OwnedClaims | undefined,
    after: OwnedClaims | undefined,
  ): void => {
    for (const { of, change } of indexes)
      for (const field of of)
        if (before?.[field] !== undefined || after?.[field] !== undefined) {
          change(key, provider, before, after);
          break;
        }
  };
  const change = (key: string, before: Stored | undefined, after: Stored | undefined) => {
    const [earlier, later] = [before ? claimer.claimsOf(before) : [], after ? claimer.claimsOf(after) : []];
    const isOf = (id: string) => (item: { provider: string }) => item.provider === id;
    for (const { provider, claims } of earlier) changeOf(key, provider, claims, later.find(isOf(provider))?.claims);
    for (const { provider, claims } of later)
      if (!earlier.some(isOf(provider))) changeOf(key, provider, undefined, claims);
  };

  const replace = (key: string, stored: Stored | undefined) => {
    const old = objects.get(key);
    if (old === stored) return;
    if (old) index(key, old, false);
    if (stored) {
      objects.set(key, stored);
      index(key, stored, true);
    } else objects.delete(key);
    change(key, old, stored);
  };

  const put = (object: KubeObject) => {
    if (!claimer.isRead(object)) return;
    const key = objectKey(refOf(object));
    replace(key, claimer.take(object, objects.get(key)) ?? undefined);
  };

  const claimsAt = (key: string): ReturnType<typeof claimer.claimsOf> => {
    const stored = objects.get(key);
    return stored ? claimer.claimsOf(stored) : [];
  };

  const keyOf = (workload: Workload): string => otherKeys.get(workload.id) ?? keyOfWorkload(workload);

  /** Keys of the objects that claim something of a workload: its own, and others. */
  const contributorsTo = (workload: string): string[] => {
    const own = workloads.get(workload);
    if (own && !contributors.has(workload)) return [keyOf(own)];
    return [...(own ? [keyOf(own)] : []), ...contributors.get(workload)].sort();
  };

  const claimsOf = <T>(keys: Iterable<string>, pick: (claims: Claims) => readonly T[] | undefined): Owned<T>[] => {
    const found: Owned<T>[] = [];
    for (const key of [...keys].sort()) {
      for (const { provider, claims } of claimsAt(key)) {
        for (const item of pick(claims) ?? []) found.push({ ...item, provider });
      }
    }
    return found;
  };

  const ownedOf = <T extends { workload: string }>(
    workload: string,
    pick: (claims: OwnedClaims) => readonly T[] | undefined,
  ): T[] => {
    const found: T[] = [];
    for (const key of contributorsTo(workload))
      for (const { claims } of claimsAt(key))
        for (const item of pick(claims) ?? []) if (item.workload === workload) found.push(item);
    return found;
  };

  return {
    objects,
    /** Puts back what was kept of an object, or takes it away. */
    replace,
    workloads,
    /** Of a workload that is an object of its own. */
    claimOf: (id: string): WorkloadClaim | undefined => {
      const own = workloads.get(id);
      if (!own) return undefined;
      const claim = claimsAt(keyOf(own)).find(({ claims }) => claims.workload?.workload.id === id)?.claims.workload;
      // The one that is kept anyway: claims that were made again have another, equal one.
      return claim && claim.workload !== own ? { ...claim, workload: own } : claim;
    },
    standIns,
    nodes,
    addresses,
    policies,
    devices,
    parts,
    answers,
    slices,
    labelled,
    edges,
    namespaces,
    hints,
    aliases,
    sources,
    settings,
    dirtyAliases,
    nadNames,
    nadNamespaces,
    nodeWorkloads,
    ownerWorkloads,
    ingest: (change: Change): void => {
      if (change.type === 'put') put(change.object);
      else if (change.type === 'delete') replace(objectKey(change.ref), undefined);
      else {
        const key = kindKey(change.source);
        if (isEqual(sources.get(key), change.source)) return;
        const before = sources.get(key)?.availability;
        sources.set(key, change.source);
        if (before !== change.source.availability) {
          tracker.touch(`source:${key}`);
          tracker.touch('sources');
        }
      }
    },
    requestsOf: (workload: string): Owned<RequestClaim>[] => ownedOf(workload, (claims) => claims.requests),
    observationsOf: (workload: string): Owned<ObservationClaim>[] => ownedOf(workload, (claims) => claims.observations),
    drawsOf: (workload: string): string[] =>
      contributorsTo(workload).flatMap((key) =>
        claimsAt(key).flatMap(({ claims: { draws } }) => (draws?.workload === workload ? draws.keys : [])),
      ),
    grantsOf: (key: string): Owned<GrantClaim>[] =>
      claimsOf(grants.get(key), (claims) => claims.grants?.filter((grant) => grant.key === key)),
    sliceDevice: (device: string): Owned<SliceDeviceClaim> | undefined =>
      claimsOf(sliceDevices.get(device), (claims) => claims.sliceDevices?.filter((item) => item.device === device))[0],
    namespaceClaims,
    reportOf: (workload: string): ReportClaim | null =>
      claimsOf(contributorsTo(workload), (claims) =>
        claims.report?.workload === workload ? [claims.report] : [],
      )[0] ?? null,
    inheritedBy: (owner: string): Owned<RequestClaim>[] =>
      claimsOf(inherited.get(owner), (claims) => claims.inherited?.requests),
    networkClaims: (alias: string): Owned<NetworkClaim & { key: string }>[] =>
      [...aliases.get(alias)]
        .sort()
        .flatMap((key) =>
          claimsOf([key], (claims) =>
            claims.networks?.filter((network) => network.aliases.some((a) => aliasKey(a) === alias)),
          ).map((claim) => ({ ...claim, key })),
        ),
    eventsOf: (workload: string): EventClaim[] =>
      [...events.get(workload)].flatMap((key) => claimsAt(key).flatMap((item) => item.claims.event ?? [])),
    reportsOf: (alias: string): EventClaim[] =>
      [...missingReports.get(alias)].flatMap((key) => claimsAt(key).flatMap((item) => item.claims.event ?? [])),
    multusOn: (node: string): 'running' | 'absent' | 'unknown' => {
      if (daemons.has(node)) return 'running';
      return daemons.size() > 0 ? 'absent' : 'unknown';
    },
  };
}

/** Of the object that a workload is, as an API server has it. */
const keyOfWorkload = ({ kind, namespace, name }: Workload): string =>
  objectKey({ group: kind === 'Pod' ? '' : 'kubevirt.io', kind, namespace, name });

/** The name counted most; of equals the first by text. Empty names only show that something is there. */
export function commonest(counts: ReadonlyMap<string, number> | undefined): string {
  let best = '';
  let most = 0;
  for (const [name, count] of counts ?? []) {
    if (name === '') continue;
    if (count > most || (count === most && name < best)) {
      best = name;
      most = count;
    }
  }
  return best;
}
