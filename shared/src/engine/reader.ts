import { attachmentId, workloadOfAttachment } from '../model/ids.ts';
import type { Attachment, Finding } from '../model/topology.ts';
import { canonicalIp } from '../net/ip.ts';
import { canonicalMac } from '../net/mac.ts';
import type { WorkloadFacts } from '../rules/rule.ts';
import type { Engine, NodeInfo } from './engine-api.ts';
import { compareFindings, type createFindings, findingIdOf } from './findings.ts';
import { attachmentsIn, type Kept, type KeptPlug, memberKey, type PlugShape, plugsIn, plugsWith } from './kept.ts';
import type { MultiMap } from './multimap.ts';
import type { createNetworks } from './networks.ts';
import type { createPools } from './pools.ts';
import type { ReadonlySplitMap } from './split-map.ts';
import type { Store } from './store.ts';

type Parts = {
  store: Store;
  networks: ReturnType<typeof createNetworks>;
  pools: ReturnType<typeof createPools>;
  findings: ReturnType<typeof createFindings>;
  kept: ReadonlySplitMap<Kept>;
  factsOf: (id: string) => WorkloadFacts | undefined;
  /** Network id or unanswered alias -> workload ids. */
  members: MultiMap<string, string>;
  /** Ids of the workloads that hold an address or MAC. */
  holdersOf: (address: string) => readonly string[];
  attachmentCount: () => number;
};

type Reader = Omit<Engine, 'revision' | 'apply' | 'ingest' | 'preview' | 'nextDeadline'>;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const sortById = <T extends { id: string }>(items: Iterable<T>): T[] => [...items].sort((a, b) => byText(a.id, b.id));

/** The reading half of the engine: never changes anything. */
export function createReader(parts: Parts): Reader {
  const { store, networks, pools, findings, kept, factsOf, members, holdersOf, attachmentCount } = parts;
  const attachmentsOf = (id: string): readonly Attachment[] => {
    const [facts, one] = [factsOf(id), kept.get(id)];
    return facts && one ? attachmentsIn(facts, one) : [];
  };
  const plugsOf = (id: string): KeptPlug[] => {
    const one = kept.get(id);
    return one ? plugsIn(one) : [];
  };
  const isMember = (key: string) => (shape: PlugShape) => memberKey(shape) === key;
  const attachment = (id: string): Attachment | undefined =>
    attachmentsOf(workloadOfAttachment(id)).find((item) => item.id === id);
  const nodeInfo = (name: string): NodeInfo | undefined => {
    const claim = store.nodes.get(name);
    if (!claim) return undefined;
    const { ref: _, ...info } = claim;
    return { ...info, multus: store.multusOn(name) };
  };
  const allFindings = (): Finding[] =>
    [...findings.ids()].flatMap((id) => findings.get(id) ?? []).sort(compareFindings);

  /** The root cause first: in the order in which the workload's diagnosis put them, others by severity. */
  const findingsOf = (subject: string): Finding[] => {
    const found = [...findings.idsOf(subject)].flatMap((id) => findings.get(id) ?? []);
    const ranked = kept.get(workloadOfAttachment(subject))?.judged.map((item) => findingIdOf(item, true)) ?? [];
    const rank = (finding: Finding) => {
      const at = ranked.indexOf(finding.id);
      return at < 0 ? ranked.length : at;
    };
    return found.sort((a, b) => rank(a) - rank(b) || compareFindings(a, b));
  };
  const sources = () =>
    [...store.sources.values()].sort((a, b) => byText(`${a.group}/${a.resource}`, `${b.group}/${b.resource}`));
  const topology: Engine['topology'] = (cluster, takenAt) => ({
    apiVersion: 'busbar/v1',
    kind: 'Topology',
    takenAt,
    cluster: { ...cluster, sources: sources() },
    networks: sortById([...networks.byId.values()].map((facts) => facts.network)),
    workloads: sortById([...kept.values()].map((one) => one.workload)),
    attachments: sortById([...kept.keys()].flatMap(attachmentsOf)),
    pools: sortById([...pools.facts.values()].map((facts) => facts.pool)),
    nodeDevices: sortById(store.devices.all()),
    edges: sortById(store.edges.values()),
    findings: sortById(allFindings()),
  });

  return {
    counts: () => ({
      workloads: kept.size,
      attachments: attachmentCount(),
      networks: networks.byId.size,
      nodes: store.nodes.size,
      objects: store.objects.size,
    }),
    *workloads() {
      for (const one of kept.values()) yield one.workload;
    },
    workload: (id) => kept.get(id)?.workload,
    plugsOf,
    attachmentsOf,
    attachment,
    *networks() {
      for (const facts of networks.byId.values()) yield facts.network;
    },
    network: (id) => networks.byId.get(id)?.network,
    networkByAlias: (alias) => networks.find(alias)?.network,
    *membersOf(networkOrAlias) {
      for (const id of members.get(networkOrAlias))
        for (const { slot } of kept.get(id)?.shapes.filter(isMember(networkOrAlias)) ?? [])
          yield attachmentId(id, slot);
    },
    configsOf: (id) =>
      networks.byId
        .get(id)
        ?.claims.flatMap((claim) => (claim.config ? [{ ref: claim.ref, text: claim.config.text }] : [])) ?? [],
    *nodes() {
      for (const name of store.nodes.keys()) {
        const info = nodeInfo(name);
        if (info) yield info;
      }
    },
    node: nodeInfo,
    workloadsOnNode: (name) => store.nodeWorkloads.get(name),
    namespaces: () => store.namespaces.keys(),
    *pools() {
      for (const facts of pools.facts.values()) yield facts.pool;
    },
    nodeDevices: () => store.devices.all(),
    devicesOf: (node) => store.devices.of(node),
    edges: () => store.edges.values(),
    eventsOf: (id) => [...(factsOf(id)?.events ?? [])],
    findings: allFindings,
    finding: (id) => findings.get(id),
    findingsOf,
    sources,
    lookup: (text, limit) => {
      const address = canonicalIp(text) ?? canonicalMac(text);
      if (!address) return [];
      const field = address.includes('.') || !/^([0-9a-f]{2}:)+[0-9a-f]{2}$/.test(address) ? 'ip' : 'mac';
      return [...holdersOf(address)]
        .sort()
        .slice(0, limit)
        .flatMap((id) => {
          const one = kept.get(id);
          const plugs = one ? plugsWith(one, address) : [];
          return plugs.map(({ slot }) => ({ type: 'attachment' as const, id: attachmentId(id, slot), field }));
        });
    },
    topology,
  };
}
