import { aliasKey, nodeId, workloadOfAttachment } from '../model/ids.ts';
import type { Attachment, Finding, Network, NodeDevice, Topology, Workload } from '../model/topology.ts';
import { toIp } from '../net/ip.ts';
import { canonicalMac } from '../net/mac.ts';
import type { Applied, Engine, NodeInfo } from './engine-api.ts';

/**
 * A snapshot opened again: an engine that reads from a Topology and never changes. What a snapshot does not hold (events, the text of
 * configs, node conditions) is empty or unknown. The topology is taken as valid; `model/schema.ts` is what checks it.
 */
export function createTopologyEngine(topology: Topology, revision = 1): Engine {
  const index = indexOf(topology);
  const applied: Applied = {
    revision,
    workloads: [],
    networks: [],
    nodes: [],
    pools: [],
    findings: [],
    sources: false,
  };
  return {
    revision,
    apply: () => applied,
    ingest: () => {},
    preview: () => {
      throw new TypeError('A snapshot has no objects to preview changes on.');
    },
    nextDeadline: () => null,
    counts: () => ({
      workloads: topology.workloads.length,
      attachments: topology.attachments.length,
      networks: topology.networks.length,
      nodes: index.nodes.size,
      objects: topology.cluster.sources.reduce((sum, { count }) => sum + count, 0),
    }),
    workloads: () => topology.workloads,
    workload: (id) => index.workloads.get(id),
    plugsOf: (id) => index.attachmentsOf.get(id) ?? [],
    attachmentsOf: (id) => index.attachmentsOf.get(id) ?? [],
    attachment: (id) => index.attachments.get(id),
    networks: () => topology.networks,
    network: (id) => index.networks.get(id),
    networkByAlias: (alias) => index.byAlias.get(alias),
    membersOf: (id) => index.members.get(id) ?? index.members.get(index.byAlias.get(id)?.id ?? '') ?? [],
    configsOf: () => [],
    nodes: () => index.nodes.values(),
    node: (name) => index.nodes.get(name),
    workloadsOnNode: (name) => index.onNode.get(name) ?? [],
    namespaces: () => new Set(topology.workloads.map(({ namespace }) => namespace)),
    pools: () => topology.pools,
    nodeDevices: () => topology.nodeDevices,
    devicesOf: (node) => index.devicesOn.get(node) ?? [],
    edges: () => topology.edges,
    eventsOf: () => [],
    findings: () => index.ranked,
    finding: (id) => index.findings.get(id),
    findingsOf: (subject) => index.findingsOf.get(subject) ?? [],
    sources: () => topology.cluster.sources,
    lookup: (text, limit) => lookup(topology, text, limit),
    topology: (cluster, takenAt) => ({
      ...topology,
      takenAt,
      cluster: { ...cluster, sources: topology.cluster.sources },
    }),
  };
}

type Index = ReturnType<typeof indexOf>;

function indexOf(topology: Topology) {
  const ranked = [...topology.findings].sort(compareFindings);
  const index = {
    workloads: new Map(topology.workloads.map((workload) => [workload.id, workload])),
    attachments: new Map(topology.attachments.map((attachment) => [attachment.id, attachment])),
    networks: new Map(topology.networks.map((network) => [network.id, network])),
    findings: new Map(topology.findings.map((finding) => [finding.id, finding])),
    byAlias: new Map<string, Network>(),
    attachmentsOf: new Map<string, Attachment[]>(),
    members: new Map<string, string[]>(),
    nodes: new Map<string, NodeInfo>(),
    onNode: new Map<string, string[]>(),
    devicesOn: new Map<string, NodeDevice[]>(),
    findingsOf: new Map<string, Finding[]>(),
    ranked,
  };
  for (const network of topology.networks) {
    for (const alias of network.aliases) index.byAlias.set(aliasKey(alias), network);
  }
  for (const attachment of topology.attachments) addAttachment(index, attachment);
  for (const list of index.attachmentsOf.values()) list.sort((a, b) => a.slot - b.slot);
  for (const workload of topology.workloads) addWorkload(index, workload);
  for (const device of topology.nodeDevices) {
    addNode(index, device.node);
    push(index.devicesOn, device.node, device);
  }
  for (const finding of ranked) {
    for (const subject of subjectsOf(finding)) push(index.findingsOf, subject, finding);
  }
  return index;
}

function addAttachment(index: Pick<Index, 'attachmentsOf' | 'members'>, attachment: Attachment): void {
  push(index.attachmentsOf, attachment.workload, attachment);
  const { network, requested } = attachment;
  if (network !== null) push(index.members, network, attachment.id);
  // A ghost: nobody answers the name, and the name is all there is to gather by. A NAD's is its namespace and name.
  else if (requested?.network) push(index.members, `nad:${requested.network}`, attachment.id);
}

function addWorkload(index: Pick<Index, 'nodes' | 'onNode'>, workload: Workload): void {
  if (workload.node === undefined) return;
  addNode(index, workload.node);
  push(index.onNode, workload.node, workload.id);
}

function addNode(index: Pick<Index, 'nodes'>, name: string): void {
  if (index.nodes.has(name)) return;
  const unknown = { ready: true, conditions: [], podCidrs: [], allocatable: {}, addresses: [], labels: {} };
  index.nodes.set(name, { name, ...unknown, multus: 'unknown' });
}

function subjectsOf(finding: Finding): Set<string> {
  const ids = new Set<string>();
  for (const subject of finding.subjects) {
    if (subject.type === 'object') {
      if (subject.ref.kind === 'Node') ids.add(nodeId(subject.ref.name));
      continue;
    }
    ids.add(subject.id);
    if (subject.type === 'attachment') ids.add(workloadOfAttachment(subject.id));
  }
  return ids;
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

const rankOfSeverity = { error: 0, warning: 1, info: 2 };

/** By severity, then number of subjects, then code and id; what follows from another comes after every root cause. */
function compareFindings(a: Finding, b: Finding): number {
  return (
    rankOfSeverity[a.severity] - rankOfSeverity[b.severity] ||
    Number(a.follows !== undefined) - Number(b.follows !== undefined) ||
    b.subjects.length - a.subjects.length ||
    (a.code < b.code ? -1 : a.code > b.code ? 1 : 0) ||
    (a.id < b.id ? -1 : 1)
  );
}

type Hit = ReturnType<Engine['lookup']>[number];

function lookup(topology: Topology, text: string, limit: number): Hit[] {
  const hits: Hit[] = [];
  const ip = toIp(text)?.text;
  const mac = canonicalMac(text);
  if (ip === undefined && mac === undefined) return hits;
  for (const attachment of topology.attachments) {
    if (hits.length >= limit) return hits;
    const field = fieldOf(attachment, ip, mac);
    if (field) hits.push({ type: 'attachment', id: attachment.id, field });
  }
  return hits;
}

function fieldOf({ interface: plugged }: Attachment, ip: string | undefined, mac: string | undefined) {
  if (ip !== undefined && plugged?.addresses.some((address) => toIp(address.ip)?.text === ip)) return 'ip';
  return mac !== undefined && plugged?.mac !== undefined && canonicalMac(plugged.mac) === mac ? 'mac' : undefined;
}
