import { type Change, refOf } from '../kube/object.ts';
import { objectKey } from '../model/ids.ts';
import type { Provider } from '../providers/provider.ts';
import type { Rule, WorkloadFacts } from '../rules/rule.ts';
import { assembleWorkload, requestOrder } from './assemble.ts';
import { createDeadlines } from './deadlines.ts';
import { wellKnownDefaults } from './default-names.ts';
import { diagnoseWorkload, toRuleSet } from './diagnose.ts';
import type { Applied, Engine, Turn } from './engine-api.ts';
import { isEqual } from './equal.ts';
import { createFindings } from './findings.ts';
import { grantedTo } from './grants.ts';
import { createHolders } from './holders.ts';
import { createSubjectJudge } from './judge-subject.ts';
import { addressesIn, createKeeper, holds, isFoundSame, type Kept, looksSame, memberKey } from './kept.ts';
import { throughLauncher, toTemplate } from './machines.ts';
import { createMultiMap } from './multimap.ts';
import { createNetworks } from './networks.ts';
import { createPlacement } from './placement.ts';
import { createPolicies, touchMembers } from './policies.ts';
import { createPools } from './pools.ts';
import { createReader } from './reader.ts';
import { Recent } from './recent.ts';
import { SplitMap } from './split-map.ts';
import { createStore } from './store.ts';
import { createTracker } from './tracker.ts';
import { createWorld } from './world.ts';

/**
 * `warm`: of how many pods the claims and facts are kept at hand; those of the others are made again when they are asked for. A topology
 * that is read once does best with all of them.
 */
type Options = { providers: readonly Provider[]; rules: readonly Rule[]; warm?: number };

const WARM = 128;

const never = (): boolean => false;
const wholeTurn: Turn = {};

/** See `Engine`. Phases of one `apply`: ingest objects, put networks together, assemble workloads, judge. Each looks only down. */
export function createEngine({ providers, rules, warm = WARM }: Options): Engine {
  const tracker = createTracker();
  const store = createStore(providers, tracker, warm);
  const networks = createNetworks(store, tracker);
  const findings = createFindings();
  const ruleSet = toRuleSet(rules);
  const inOrder = requestOrder(providers);
  const keeper = createKeeper();
  const kept = new SplitMap<Kept>();
  /** Facts at hand. */
  const assembled = new Recent<string, WorkloadFacts>(warm);
  const placement = createPlacement(tracker);
  const members = createMultiMap<string, string>();
  const holders = createHolders();
  /** Ids of workloads by number, and the numbers that are free. */
  const ids: string[] = [];
  const freeNumbers: number[] = [];
  const deadlines = createDeadlines();
  /** Workloads put together since they were last judged: what they were then, and whether more of them changed than the states. */
  const reassembled = new Map<string, { before: Kept | undefined; moved: boolean }>();
  let revision = 0;
  let now = 0;
  let attachmentCount = 0;

  const pools = createPools({
    store,
    networks,
    tracker,
    kept,
  });
  const policies = createPolicies({
    store,
    networks,
    tracker,
    kept,
    members,
  });
  const judgeSubject = createSubjectJudge({ rules: ruleSet, networks, pools, policies, answers: store.answers });
  const world = createWorld({
    store,
    networks,
    pools,
    tracker,
    placement,
    holdersOf: (address) => holdersOf(address),
    kept,
    factsOf: (id) => factsOf(id),
    deadlines,
    now: () => now,
  });

  /** Ids of the workloads that hold an address or MAC. */
  const holdersOf = (address: string): string[] => {
    const found: string[] = [];
    for (const number of holders.candidates(address)) {
      const one = kept.get(ids[number] ?? '');
      if (one && holds(one, address)) found.push(one.workload.id);
    }
    return found;
  };

  const takeNumber = (id: string): number => {
    const number = freeNumbers.pop() ?? ids.length;
    ids[number] = id;
    return number;
  };

  const indexPlugs = (one: Kept, on: boolean) => {
    const edit = on ? 'add' : 'delete';
    const { id, kind } = one.workload;
    // What is attached on a node is the launcher pod of a machine, which is counted by itself.
    if (kind === 'Pod') placement.index(one, on);
    for (const shape of one.shapes) {
      const key = memberKey(shape);
      if (key) members[edit](key, id);
    }
    for (const address of addressesIn(one)) {
      holders[edit](address, one.number);
      // Who holds it too asks for it, which is why nobody remembers that of them: see `World.holders`.
      for (const number of holders.candidates(address)) {
        const other = number === one.number ? undefined : kept.get(ids[number] ?? '');
        if (other && holds(other, address)) tracker.mark('judge', other.workload.id);
      }
      tracker.touch(`holders:${address}`);
    }
    attachmentCount += on ? one.shapes.length : -one.shapes.length;
  };

  /** A workload put together from its claims. */
  const toFacts = (id: string): WorkloadFacts | null => {
    // What is claimed of a workload marks it by itself: see the store.
    const spare = store.standIns.get(id);
    const standIn = store.workloads.has(id) ? undefined : spare;
    const claim = standIn?.workload ?? store.claimOf(id);
    if (!claim) return null;
    const isPod = claim.workload.kind === 'Pod';
    if (claim.ownerKey) tracker.read(`owner:${claim.ownerKey}`);
    const inherited = claim.ownerKey
      ? store.inheritedBy(claim.ownerKey).map((request) => ({ ...request, workload: id }))
      : [];
    const own = standIn?.requests ?? store.requestsOf(id);
    const granted = grantedTo(claim, own, store, tracker);
    return assembleWorkload({
      pod: spare && !standIn ? { ...claim, template: toTemplate(spare) } : claim,
      requests: inOrder(isPod ? [...own, ...inherited, ...granted.requests] : throughLauncher(own, granted.requests)),
      observations: [...store.observationsOf(id), ...(isPod ? granted.observations : [])],
      devices: granted.devices,
      events: store.eventsOf(id),
      report: store.reportOf(id),
      network: networks.find,
      defaultNames: defaultNames(),
    });
  };

  /** Facts of a workload that is known, made again where they have been put away. */
  const factsOf = (id: string): WorkloadFacts | undefined => {
    const known = assembled.get(id);
    if (known || !kept.has(id)) return known;
    const facts = tracker.untracked(() => toFacts(id));
    if (facts) assembled.set(id, facts);
    return facts ?? undefined;
  };

  const assemble = (asked: string) => {
    const facts = tracker.run('assemble', asked, () => toFacts(asked));
    const id = facts?.workload.id ?? asked;
    const [old, before] = [assembled.get(id), kept.get(id)];
    const moved = !old || !facts || !isEqual(shownOf(old), shownOf(facts));
    if (!reassembled.has(id)) reassembled.set(id, { before, moved });
    const after = facts ? keeper.keep(facts, before?.number ?? takeNumber(id)) : undefined;
    touchMembers(tracker, before, after);
    tracker.touch(`facts:${id}`);
    // A label that changed must not have everybody judged again who has an address in common.
    const same = before && after && isFoundSame(before, after);
    if (before && !same) indexPlugs(before, false);
    if (facts && after) {
      kept.set(id, after);
      assembled.set(id, facts);
      if (!same) indexPlugs(after, true);
    } else {
      if (before) freeNumbers.push(before.number);
      kept.delete(id);
      assembled.delete(id);
      tracker.forget('assemble', asked);
    }
    tracker.mark('judge', id);
  };

  /** Names by which messages speak of the default network: what pods report, and a few that are only ever that. */
  const defaultNames = (): ReadonlySet<string> => {
    const reported = networks.find('default:cluster')?.network.name;
    if (reported !== namesOfDefault.reported)
      namesOfDefault = {
        reported,
        all: new Set([...(reported === undefined ? [] : [reported]), ...wellKnownDefaults]),
      };
    return namesOfDefault.all;
  };
  let namesOfDefault: { reported: string | undefined; all: ReadonlySet<string> } = {
    reported: undefined,
    all: new Set(wellKnownDefaults),
  };

  /** Judges one workload anew; false when nothing that is shown of it changed. */
  const judge = (id: string, touched: Set<string>): boolean => {
    const subject = `judge:${id}`;
    const anew = reassembled.get(id);
    reassembled.delete(id);
    deadlines.delete('judge', id);
    const [facts, one] = [factsOf(id), kept.get(id)];
    const before = anew ? anew.before : one;
    if (!facts || !one) {
      tracker.forget('judge', id);
      for (const finding of findings.replace(subject, [])) touched.add(finding);
      return before !== undefined;
    }
    const { attachments, judged } = tracker.run('judge', id, () =>
      world.judging('judge', id, (w) => diagnoseWorkload(facts, ruleSet, w)),
    );
    const after = keeper.withVerdict(one, attachments, judged);
    kept.set(id, after);
    if (before && looksSame(before, after)) return anew?.moved === true;
    for (const finding of findings.replace(subject, judged)) touched.add(finding);
    return true;
  };

  /** Judges what is no workload; the workloads under what it said and says are shown anew. */
  const judgeOther = (phase: string, id: string, touched: Set<string>, shown: Set<string>) => {
    const subject = `${phase}:${id}`;
    deadlines.delete(phase, id);
    const judged = tracker.run(phase, id, () => world.judging(phase, id, (w) => judgeSubject(phase, id, w)));
    if (!judged) tracker.forget(phase, id);
    const said = findings.of(subject);
    if (isEqual(said, judged ?? [])) return;
    for (const { on } of [...said, ...(judged ?? [])])
      for (const item of on) if (item.type === 'workload') shown.add(item.id);
    for (const finding of findings.replace(subject, judged ?? [])) touched.add(finding);
  };

  let sourcesWait = false;
  /** What a preview found still undone, and nobody has been told of. */
  let owed: Applied | null = null;

  const apply = (changes: readonly Change[], time: number, turn = wholeTurn): Applied => {
    now = time;
    for (const change of changes) store.ingest(change);
    const applied = settle(changes, turn);
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
  const visit = (phase: string, work: (id: string) => void, isOver: () => boolean): boolean => {
    for (let id = tracker.next(phase); id !== undefined; id = tracker.next(phase)) {
      work(id);
      if (isOver() && tracker.isDirty(phase)) return false;
    }
    return true;
  };

  /** Carries what was ingested through the phases. When time is over, what is left of them stays dirty for the next call. */
  const settle = (changes: readonly Change[], { isOver = never, workloadsOnly = false }: Turn = wholeTurn): Applied => {
    const before = owed;
    owed = null;
    const changed = networks.settle();
    const poolsChanged = pools.settle();
    const touched = new Set(before?.findings);
    const shown = new Set(before?.workloads);
    const nodes = new Set(before?.nodes);
    const other = (phase: string) => (id: string) => judgeOther(phase, id, touched, shown);
    const judgeWorkload = (id: string) => judge(id, touched) && shown.add(id);
    /** While its facts are at hand. What others bring to light later marks it again. */
    const judgeAssembled = (id: string) => {
      assemble(id);
      if (tracker.unmark('judge', id)) judgeWorkload(id);
    };
    const phases: [string, (id: string) => void][] = [
      ['assemble', judgeAssembled],
      ['allocation', other('allocation')],
      ['judge', judgeWorkload],
      ...['network', 'reservation', 'answer', 'pool-rules', 'policy'].map((phase): [string, (id: string) => void] => [
        phase,
        other(phase),
      ]),
      ['node', (id) => nodes.add(id) && other('node')(id)],
      ['cluster', other('cluster')],
    ];
    for (const { phase, id } of deadlines.due(now)) tracker.mark(phase, id);
    if (revision === 0) tracker.mark('cluster', '');
    const last = workloadsOnly ? phases.findIndex(([phase]) => phase === 'judge') : phases.length - 1;
    const done =
      phases.slice(0, last + 1).every(([phase, work]) => visit(phase, work, isOver)) &&
      !phases.slice(last + 1).some(([phase]) => tracker.isDirty(phase));
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

  return {
    get revision() {
      return revision;
    },
    apply,
    ingest,
    preview,
    nextDeadline: deadlines.next,
    ...createReader({
      store,
      networks,
      pools,
      findings,
      kept,
      factsOf,
      members,
      holdersOf,
      attachmentCount: () => attachmentCount,
    }),
  };
}

/** What is shown of a workload beside the verdict. */
const shownOf = ({ workload, events, attachments }: WorkloadFacts) => ({
  workload,
  events,
  attachments: attachments.map((item) => item.attachment),
});
