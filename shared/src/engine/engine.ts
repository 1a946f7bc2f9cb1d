import { type Change, refOf, type SourceState } from '../kube/object.ts';
import { objectKey, workloadOfAttachment } from '../model/ids.ts';
import type { Attachment, ClusterInfo, Finding, Topology, Workload } from '../model/topology.ts';
import { canonicalIp } from '../net/ip.ts';
import { canonicalMac } from '../net/mac.ts';
import type { Provider } from '../providers/provider.ts';
import type { Rule, WorkloadFacts } from '../rules/rule.ts';
import { assembleWorkload, requestOrder } from './assemble.ts';
import { wellKnownDefaults } from './default-names.ts';
import { type Diagnosis, diagnoseWorkload, toRuleSet } from './diagnose.ts';
import type { Applied, Engine, NodeInfo } from './engine-api.ts';
import { isEqual } from './equal.ts';
import { compareFindings, createFindings, findingIdOf } from './findings.ts';
import { grantedTo } from './grants.ts';
import { createSubjectJudge } from './judge-subject.ts';
import { throughLauncher } from './machines.ts';
import { createMultiMap } from './multimap.ts';
import { createNetworks } from './networks.ts';
import { createPlacement } from './placement.ts';
import { createPolicies, memberKey, touchMembers } from './policies.ts';
import { createPools } from './pools.ts';
import { createStore } from './store.ts';
import { createTracker } from './tracker.ts';
import { createWorld } from './world.ts';

type Options = { providers: readonly Provider[]; rules: readonly Rule[] };

/** Subjects between two looks at the clock. */
const slice = 20;
const never = (): boolean => false;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const sortById = <T extends { id: string }>(items: Iterable<T>): T[] => [...items].sort((a, b) => byText(a.id, b.id));

/** See `Engine`. Phases of one `apply`: ingest objects, put networks together, assemble workloads, judge. Each looks only down. */
export function createEngine({ providers, rules }: Options): Engine {
  const tracker = createTracker();
  const store = createStore(providers, tracker);
  const networks = createNetworks(store, tracker);
  const findings = createFindings();
  const ruleSet = toRuleSet(rules);
  const inOrder = requestOrder(providers);
  const assembled = new Map<string, WorkloadFacts>();
  const diagnosed = new Map<string, Diagnosis>();
  const placement = createPlacement(tracker);
  const members = createMultiMap<string, string>();
  const holders = createMultiMap<string, string>();
  const deadlines = new Map<string, number>();
  /** Workloads whose own facts changed since they were last judged. */
  const reassembled = new Set<string>();
  let revision = 0;
  let now = 0;
  let attachmentCount = 0;

  const pools = createPools({
    store,
    networks,
    tracker,
    workload: (id) => {
      tracker.read(`facts:${id}`);
      return assembled.get(id);
    },
  });
  const policies = createPolicies({
    store,
    networks,
    tracker,
    assembled,
    members,
    workloadOf: workloadOfAttachment,
  });
  const judgeSubject = createSubjectJudge({ rules: ruleSet, networks, pools, policies, answers: store.answers });
  const world = createWorld({
    store,
    networks,
    pools,
    tracker,
    placement,
    holders,
    assembled,
    deadlines,
    now: () => now,
  });

  const indexAttachments = (facts: WorkloadFacts, on: boolean) => {
    const edit = on ? 'add' : 'delete';
    // What is attached on a node is the launcher pod of a machine, which is counted by itself.
    if (facts.workload.kind === 'Pod') placement.index(facts, on);
    for (const item of facts.attachments) {
      const { attachment } = item;
      const key = memberKey(item);
      if (key) members[edit](key, attachment.id);
      for (const address of addressesOf(attachment)) {
        holders[edit](address, attachment.id);
        tracker.touch(`holders:${address}`);
      }
    }
  };

  const dropWorkload = (id: string) => {
    const facts = assembled.get(id);
    if (facts) indexAttachments(facts, false);
    assembled.delete(id);
    attachmentCount -= facts?.attachments.length ?? 0;
  };

  const assemble = (subject: string) => {
    const id = subject.slice('assemble:'.length);
    const facts = tracker.run(subject, () => {
      // What is claimed of a workload marks it by itself: see the store.
      const standIn = store.workloads.has(id) ? undefined : store.standIns.get(id);
      const claim = standIn?.workload ?? store.workloads.get(id)?.claim;
      if (!claim) return null;
      const isPod = claim.workload.kind === 'Pod';
      if (claim.ownerKey) tracker.read(`owner:${claim.ownerKey}`);
      const inherited = claim.ownerKey
        ? store.inheritedBy(claim.ownerKey).map((request) => ({ ...request, workload: id }))
        : [];
      const own = standIn?.requests ?? store.requestsOf(id);
      const granted = grantedTo(claim, own, store, tracker);
      return assembleWorkload({
        pod: claim,
        requests: inOrder(isPod ? [...own, ...inherited, ...granted.requests] : throughLauncher(own, granted.requests)),
        observations: [...store.observationsOf(id), ...(isPod ? granted.observations : [])],
        devices: granted.devices,
        events: store.eventsOf(id),
        report: store.reportOf(id),
        network: networks.find,
        defaultNames: defaultNames(),
      });
    });
    const old = assembled.get(id);
    if (!old || !facts || !isEqual(old.workload, facts.workload) || !isEqual(old.events, facts.events))
      reassembled.add(id);
    touchMembers(tracker, old, facts);
    tracker.touch(`facts:${id}`);
    dropWorkload(id);
    if (facts) {
      assembled.set(id, facts);
      indexAttachments(facts, true);
      attachmentCount += facts.attachments.length;
    } else tracker.forget(subject);
    tracker.mark(`judge:${id}`);
  };

  /** Names by which messages speak of the default network: what pods report, and a few that are only ever that. */
  const defaultNames = (): ReadonlySet<string> => {
    const facts = networks.find('default:cluster');
    return new Set([...(facts ? [facts.network.name] : []), ...wellKnownDefaults]);
  };

  /** Judges one workload anew; false when nothing that is shown of it changed. */
  const judge = (subject: string, touched: Set<string>): boolean => {
    const id = subject.slice('judge:'.length);
    const moved = reassembled.delete(id);
    deadlines.delete(subject);
    const facts = assembled.get(id);
    const before = diagnosed.get(id);
    if (!facts) {
      tracker.forget(subject);
      diagnosed.delete(id);
      for (const finding of findings.replace(subject, [])) touched.add(finding);
      return before !== undefined;
    }
    const diagnosis = tracker.run(subject, () => world.judging(subject, (w) => diagnoseWorkload(facts, ruleSet, w)));
    diagnosed.set(id, diagnosis);
    if (before && isEqual(before.judged, diagnosis.judged) && isEqual(before.attachments, diagnosis.attachments))
      return moved;
    for (const finding of findings.replace(subject, diagnosis.judged)) touched.add(finding);
    return true;
  };

  /** Judges what is no workload; the workloads under what it said and says are shown anew. */
  const judgeOther = (subject: string, touched: Set<string>, shown: Set<string>) => {
    deadlines.delete(subject);
    const judged = tracker.run(subject, () => world.judging(subject, (w) => judgeSubject(subject, w)));
    if (!judged) tracker.forget(subject);
    const said = findings.of(subject);
    if (isEqual(said, judged ?? [])) return;
    for (const { on } of [...said, ...(judged ?? [])])
      for (const item of on) if (item.type === 'workload') shown.add(item.id);
    for (const finding of findings.replace(subject, judged ?? [])) touched.add(finding);
  };

  let sourcesWait = false;
  /** What a preview found still undone, and nobody has been told of. */
  let owed: Applied | null = null;

  const apply = (changes: readonly Change[], time: number, isOver = never): Applied => {
    now = time;
    for (const change of changes) store.ingest(change);
    const applied = settle(changes, isOver);
    if (sourcesWait) applied.sources = true;
    sourcesWait = false;
    revision += 1;
    return { ...applied, revision };
  };

  const ingest = (changes: readonly Change[]): void => {
    for (const change of changes) store.ingest(change);
    sourcesWait ||= changes.some((change) => change.type === 'source');
  };

  /** See `Engine.preview`: what the changes replace is put back by the same phases, so nobody else ever sees them. */
  const preview = <T>(changes: readonly Change[], look: () => T): T => {
    const keys = changes.flatMap((change) =>
      change.type === 'put'
        ? [objectKey(refOf(change.object))]
        : change.type === 'delete'
          ? [objectKey(change.ref)]
          : [],
    );
    const before = keys.map((key) => [key, store.objects.get(key)] as const);
    const untold = settle([]);
    try {
      for (const change of changes) if (change.type !== 'source') store.ingest(change);
      settle(changes);
      return look();
    } finally {
      for (const [key, stored] of before) store.replace(key, stored);
      settle([]);
      owed = untold;
    }
  };

  /** Visits the dirty subjects of a phase; false when time is over first. */
  const visit = (phase: string, work: (subject: string) => void, isOver: () => boolean): boolean => {
    for (let some = tracker.take(phase, slice); some.length > 0; some = tracker.take(phase, slice)) {
      for (const subject of some) work(subject);
      if (isOver() && tracker.isDirty(phase)) return false;
    }
    return true;
  };

  /** Carries what was ingested through the phases. When time is over, what is left of them stays dirty for the next call. */
  const settle = (changes: readonly Change[], isOver: () => boolean = never): Applied => {
    const before = owed;
    owed = null;
    const changed = networks.settle();
    const poolsChanged = pools.settle().map((subject) => subject.slice('pool:'.length));
    const touched = new Set(before?.findings);
    const shown = new Set(before?.workloads);
    const nodes = new Set(before?.nodes);
    const other = (subject: string) => judgeOther(subject, touched, shown);
    const phases: [string, (subject: string) => void][] = [
      ['assemble', assemble],
      ['allocation', other],
      ['judge', (subject) => judge(subject, touched) && shown.add(subject.slice('judge:'.length))],
      ...['network', 'reservation', 'answer', 'pool-rules', 'policy'].map((phase): [string, typeof other] => [
        phase,
        other,
      ]),
      ['node', (subject) => nodes.add(subject.slice('node:'.length)) && other(subject)],
      ['cluster', other],
    ];
    for (const [subject, at] of deadlines) if (at <= now) tracker.mark(subject);
    if (revision === 0) tracker.mark('cluster:');
    const done = phases.every(([phase, work]) => visit(phase, work, isOver));
    return {
      revision,
      workloads: [...shown].sort(),
      networks: [...new Set([...(before?.networks ?? []), ...changed])],
      nodes: [...nodes],
      pools: [...new Set([...(before?.pools ?? []), ...poolsChanged])],
      findings: [...touched].sort(),
      sources: before?.sources === true || changes.some((change) => change.type === 'source'),
      ...(done ? {} : { more: true as const }),
    };
  };

  const attachmentsOf = (id: string): readonly Attachment[] => diagnosed.get(id)?.attachments ?? [];
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
    const ranked = diagnosed.get(workloadOfAttachment(subject))?.judged.map((item) => findingIdOf(item, true)) ?? [];
    const rank = (finding: Finding) => {
      const at = ranked.indexOf(finding.id);
      return at < 0 ? ranked.length : at;
    };
    return found.sort((a, b) => rank(a) - rank(b) || compareFindings(a, b));
  };

  return {
    get revision() {
      return revision;
    },
    apply,
    ingest,
    preview,
    nextDeadline: () => (deadlines.size === 0 ? null : [...deadlines.values()].reduce((a, b) => Math.min(a, b))),
    counts: () => ({
      workloads: assembled.size,
      attachments: attachmentCount,
      networks: networks.byId.size,
      nodes: store.nodes.size,
      objects: store.objects.size,
    }),
    *workloads() {
      for (const facts of assembled.values()) yield facts.workload;
    },
    workload: (id) => assembled.get(id)?.workload,
    plugsOf: attachmentsOf,
    attachmentsOf,
    attachment,
    *networks() {
      for (const facts of networks.byId.values()) yield facts.network;
    },
    network: (id) => networks.byId.get(id)?.network,
    networkByAlias: (alias) => networks.find(alias)?.network,
    membersOf: (id) => members.get(id),
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
    eventsOf: (id) => [...(assembled.get(id)?.events ?? [])],
    findings: allFindings,
    finding: (id) => findings.get(id),
    findingsOf,
    sources: () =>
      [...store.sources.values()].sort((a, b) => byText(`${a.group}/${a.resource}`, `${b.group}/${b.resource}`)),
    lookup: (text, limit) => {
      const address = canonicalIp(text) ?? canonicalMac(text);
      if (!address) return [];
      const field = address.includes('.') || !/^([0-9a-f]{2}:)+[0-9a-f]{2}$/.test(address) ? 'ip' : 'mac';
      return [...holders.get(address)]
        .sort()
        .slice(0, limit)
        .map((id) => ({ type: 'attachment' as const, id, field }));
    },
    topology: (cluster, takenAt) => buildTopology(cluster, takenAt),
  };

  function buildTopology(cluster: Omit<ClusterInfo, 'sources'>, takenAt: string): Topology {
    const workloads: Workload[] = [...assembled.values()].map((facts) => facts.workload);
    const sources: SourceState[] = [...store.sources.values()].sort((a, b) =>
      byText(`${a.group}/${a.resource}`, `${b.group}/${b.resource}`),
    );
    return {
      apiVersion: 'busbar/v1',
      kind: 'Topology',
      takenAt,
      cluster: { ...cluster, sources },
      networks: sortById([...networks.byId.values()].map((facts) => facts.network)),
      workloads: sortById(workloads),
      attachments: sortById([...diagnosed.values()].flatMap((item) => item.attachments)),
      pools: sortById([...pools.facts.values()].map((facts) => facts.pool)),
      nodeDevices: sortById(store.devices.all()),
      edges: sortById(store.edges.values()),
      findings: sortById(allFindings()),
    };
  }
}

/** Canonical addresses that an attachment really holds; a pod that has ended holds none. */
function addressesOf(attachment: Attachment): string[] {
  if (attachment.state === 'ended' || attachment.state === 'pending' || !attachment.interface) return [];
  const mac = attachment.interface.mac;
  return [...attachment.interface.addresses.map((address) => address.ip), ...(mac ? [mac] : [])];
}
