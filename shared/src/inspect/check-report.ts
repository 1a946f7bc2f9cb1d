import type { Engine } from '../engine/engine-api.ts';
import type { SourceState } from '../kube/object.ts';
import {
  type Alias,
  type Attachment,
  type AttachmentState,
  attachmentStates,
  type Finding,
  type Network,
} from '../model/topology.ts';
import { brokenWorkloads, countBySeverity, unreadOf } from './findings.ts';
import { byName, byText, findingsConcerning, workloadsOf } from './parts.ts';

/** What `busbar check -o json` prints; `model/schema.ts` has its JSON Schema. */
export type CheckReport = {
  apiVersion: 'busbar/v1';
  kind: 'CheckReport';
  summary: CheckSummary;
  networks: CheckNetwork[];
  /** Made one by one when they are asked for: of a large cluster they take more room than the engine. */
  attachments: Iterable<CheckAttachment>;
  findings: Finding[];
};

export type CheckSummary = {
  source: string;
  takenAt: string;
  errors: number;
  warnings: number;
  infos: number;
  workloads: number;
  brokenWorkloads: number;
  networks: number;
  attachments: number;
  states: Partial<Record<AttachmentState, number>>;
  rules: number;
  /** Kinds that could not be read: what was not checked. */
  unread: SourceState[];
};

export type CheckNetwork = {
  id: string;
  name: string;
  namespace: string | null;
  provider: string;
  technology: string;
  aliases: Alias[];
  subnets: string[];
};

export type CheckAttachment = {
  id: string;
  pod: string;
  node: string | null;
  slot: number;
  /** As requested, `ns/name` for a NAD; the network's own name where nothing was requested; null when it cannot be read. */
  network: string | null;
  provider: string;
  interface: string | null;
  ips: string[];
  mac: string | null;
  state: AttachmentState;
  reason: string | null;
  /** The root cause first. */
  findings: { code: string; slug: string }[];
};

export type CheckOptions = {
  source: string;
  takenAt: string;
  rules: number;
  namespaces: readonly string[];
  /** `found`: only the attachments that findings name; of a large cluster all of them are most of the report. */
  attachments?: 'all' | 'found';
};

/** The whole diagnosis as one document; `namespaces` (empty: all) limits workloads and the findings about them. */
export function buildCheckReport(engine: Engine, options: CheckOptions): CheckReport {
  const wanted = options.namespaces.length > 0 ? new Set(options.namespaces) : undefined;
  // Whole workloads, all at once, would take more room than the engine does.
  const workloads: Place[] = [];
  for (const { id, namespace, name } of engine.workloads())
    if (!wanted || wanted.has(namespace)) workloads.push({ id, namespace, name });
  workloads.sort((a, b) => byName(a, b) || byText(a.id, b.id));
  const findings = engine.findings().filter((finding) => !wanted || concerns(engine, finding, wanted));
  const networks = [...engine.networks()].filter((network) => !wanted || isWithin(network.namespace, wanted));
  const named = options.attachments === 'found' ? findings : undefined;
  return {
    apiVersion: 'busbar/v1',
    kind: 'CheckReport',
    summary: summarize(engine, options, { workloads, findings, networks }),
    networks: networks.sort((a, b) => byText(a.id, b.id)).map(toCheckNetwork),
    attachments: { [Symbol.iterator]: () => attachmentsOf(engine, workloads, named) },
    findings,
  };
}

type Place = { id: string; namespace: string; name: string };
type Parts = { workloads: readonly Place[]; findings: Finding[]; networks: Network[] };

/** In the order of the workloads; with findings, only the attachments that those name. */
function* attachmentsOf(
  engine: Engine,
  workloads: readonly Place[],
  findings: readonly Finding[] | undefined,
): Generator<CheckAttachment> {
  const named =
    findings &&
    new Set(
      findings.flatMap(({ subjects }) => subjects.flatMap((each) => (each.type === 'attachment' ? each.id : []))),
    );
  const touched = named && new Set(findings.flatMap((finding) => [...workloadsOf(finding)]));
  for (const { id } of workloads) {
    if (touched && !touched.has(id)) continue;
    for (const attachment of engine.attachmentsOf(id))
      if (!named || named.has(attachment.id)) yield toCheckAttachment(engine, attachment);
  }
}

function summarize(engine: Engine, options: CheckOptions, parts: Parts): CheckSummary {
  const { error, warning, info } = countBySeverity(parts.findings);
  const counts = new Map<AttachmentState, number>();
  let attachments = 0;
  for (const { id } of parts.workloads) {
    for (const { state } of engine.plugsOf(id)) {
      counts.set(state, (counts.get(state) ?? 0) + 1);
      attachments += 1;
    }
  }
  const states: Partial<Record<AttachmentState, number>> = {};
  for (const state of attachmentStates) {
    const count = counts.get(state);
    if (count !== undefined) states[state] = count;
  }
  return {
    source: options.source,
    takenAt: options.takenAt,
    errors: error,
    warnings: warning,
    infos: info,
    workloads: parts.workloads.length,
    brokenWorkloads: brokenWorkloads(parts.findings).size,
    networks: parts.networks.length,
    attachments,
    states,
    rules: options.rules,
    unread: unreadOf(engine),
  };
}

/** A finding about no workload (a node, a cluster-wide kind) concerns everyone, unless its objects are all of other namespaces. */
function concerns(engine: Engine, finding: Finding, wanted: ReadonlySet<string>): boolean {
  const ids = workloadsOf(finding);
  if (ids.size > 0) {
    return [...ids].some((id) => wanted.has(engine.workload(id)?.namespace ?? ''));
  }
  return finding.subjects.every((subject) => {
    if (subject.type === 'object') return isWithin(subject.ref.namespace, wanted);
    return subject.type !== 'network' || isWithin(engine.network(subject.id)?.namespace, wanted);
  });
}

const isWithin = (namespace: string | undefined, wanted: ReadonlySet<string>): boolean =>
  namespace === undefined || wanted.has(namespace);

const toCheckNetwork = ({ id, name, namespace, provider, technology, aliases, subnets }: Network): CheckNetwork => ({
  id,
  name,
  namespace: namespace ?? null,
  provider,
  technology,
  aliases,
  subnets,
});

export function toCheckAttachment(engine: Engine, attachment: Attachment): CheckAttachment {
  const workload = engine.workload(attachment.workload);
  const { requested, interface: plugged } = attachment;
  return {
    id: attachment.id,
    pod: workload ? `${workload.namespace}/${workload.name}` : attachment.workload,
    node: workload?.node ?? null,
    slot: attachment.slot,
    network: requested ? requested.network || null : nameOf(engine, attachment.network),
    provider: attachment.provider,
    interface: plugged?.name ?? requested?.interface ?? null,
    ips: plugged?.addresses.map(({ ip }) => ip) ?? [],
    mac: plugged?.mac ?? null,
    state: attachment.state,
    reason: attachment.reason ?? null,
    findings: findingsConcerning(engine, attachment).map(({ code, slug }) => ({ code, slug })),
  };
}

function nameOf(engine: Engine, id: string | null): string | null {
  const network = id === null ? undefined : engine.network(id);
  if (!network) return id;
  return network.namespace ? `${network.namespace}/${network.name}` : network.name;
}
