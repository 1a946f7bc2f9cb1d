import type { Engine, NodeInfo } from '../engine/engine-api.ts';
import { attachmentId, nodeId } from '../model/ids.ts';
import { type AttachmentState, attachmentStates, type Finding, type Workload } from '../model/topology.ts';
import type { View } from '../view/view.ts';
import type { Health } from './lens-doc.ts';
import { hashOf, railOf } from './member.ts';
import { createLinks, type Link } from './node-links.ts';
import type { NodeCard } from './nodes-doc.ts';
import { shownPlugs } from './shown.ts';

/** One pod or VM as its node counts it. `lost`: it failed because the link that the network stands on is not there. */
export type NodeMember = {
  id: string;
  node: string;
  plugs: { rail: string; state: AttachmentState; slot: number; lost: boolean }[];
  states: AttachmentState[];
  plugless: boolean;
  broken: boolean;
};

/** Pods of one node on one network through one link. */
export type UseFacts = {
  rail: string;
  link: string | null;
  also: string[];
  states: Map<AttachmentState, number>;
  troubled: string[];
};

export type NodeFacts = Pick<NodeCard, 'ready' | 'multus' | 'devices' | 'health' | 'severity' | 'trouble'> & {
  name: string;
  role: string;
  pods: number;
  plugless: number;
  broken: number;
  links: Map<string, Link>;
  uses: UseFacts[];
  idle: string[];
  /** What this node has in common with others: everything, devices and health, health alone. */
  keys: readonly [string, string, string];
  /** What opens the groups that it is in, by the same levels. */
  group: string;
};

/** Who reports every link of a node, and not only some kind of device. */
const WHOLE = 'nmstate';
const troubledNames = 5;
/** Findings that say the link of a network is not on the node. */
const linkIsMissing: ReadonlySet<string> = new Set(['MN401', 'MN481']);
const failing: readonly AttachmentState[] = ['failed', 'blocked'];
const doubtful: readonly AttachmentState[] = ['mismatch', 'missing', 'ignored', 'unexpected'];

export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const padded = (name: string): string => name.slice(0, 253).replace(/\d+/g, (digits) => digits.padStart(12, '0'));
/** As a person counts: worker-2 before worker-10. */
export const byName = (a: string, b: string): number => byText(padded(a), padded(b));
export const inNameOrder = (names: Iterable<string>): string[] =>
  [...names]
    .map((name) => ({ name, key: padded(name) }))
    .sort((a, b) => byText(a.key, b.key))
    .map(({ name }) => name);
const rankOf = (state: AttachmentState): number => attachmentStates.indexOf(state);

export const worstOf = (states: Iterable<AttachmentState>): AttachmentState => {
  let worst: AttachmentState = 'ended';
  for (const state of states) if (rankOf(state) < rankOf(worst)) worst = state;
  return worst;
};

export function buildNodeMember(engine: Engine, workload: Workload, view: View): NodeMember {
  const all = engine.plugsOf(workload.id);
  const lost = (slot: number) =>
    engine.findingsOf(attachmentId(workload.id, slot)).some(({ code }) => linkIsMissing.has(code));
  return {
    id: workload.id,
    node: workload.node ?? '',
    plugs: shownPlugs(all, view).flatMap((plug) => {
      const rail = railOf(plug);
      const { state, slot } = plug;
      return rail === null ? [] : [{ rail, state, slot, lost: state === 'failed' && slot > 0 && lost(slot) }];
    }),
    states: all.map(({ state }) => state),
    plugless: all.length === 0,
    broken: engine.findingsOf(workload.id).some(({ severity }) => severity === 'error'),
  };
}

/** Findings that are about the node itself; rules name it as the API does, or by its id. */
export const nodeFindings = (engine: Engine, name: string): Finding[] =>
  [...engine.findingsOf(name), ...engine.findingsOf(nodeId(name))].filter(({ severity }) => severity !== 'info');

const roleOf = (info: NodeInfo | undefined): string => {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(info?.labels ?? {}).filter((label) => label.startsWith(prefix));
  return roles.map((label) => label.slice(prefix.length)).sort(byText)[0] ?? '';
};

function usesOf(engine: Engine, name: string, members: readonly NodeMember[], links: ReturnType<typeof createLinks>) {
  const lost = new Set(members.flatMap(({ plugs }) => plugs.flatMap((plug) => (plug.lost ? [plug.rail] : []))));
  const uses = new Map<string, UseFacts>();
  const used = new Map<string, Link>();
  for (const member of members)
    for (const { rail, state, slot } of member.plugs) {
      let use = uses.get(rail);
      if (!use) {
        const network = engine.network(rail);
        const [link, ...others] = network && name ? links.of(network, name, lost.has(rail)) : [];
        if (link && used.get(link.name)?.state !== 'missing') used.set(link.name, link);
        const also = others.map((other) => other.name);
        use = { rail, link: link?.name ?? null, also, states: new Map(), troubled: [] };
        uses.set(rail, use);
      }
      use.states.set(state, (use.states.get(state) ?? 0) + 1);
      if ((failing.includes(state) || doubtful.includes(state)) && use.troubled.length < troubledNames)
        use.troubled.push(attachmentId(member.id, slot));
    }
  return { uses: [...uses.values()].sort((a, b) => byText(a.rail, b.rail)), used };
}

const isPlugged = (uses: readonly UseFacts[]): boolean =>
  uses.some(({ rail, states }) => rail.startsWith('nad:') && states.has('attached'));

type Parts = Pick<NodeFacts, 'ready' | 'devices' | 'multus' | 'broken' | 'uses' | 'links'> & {
  findings: readonly Finding[];
  placed: boolean;
};

function healthOf({ ready, devices, multus, broken, uses, links, findings, placed }: Parts): Health {
  const has = (...states: AttachmentState[]) => uses.some((use) => states.some((state) => use.states.has(state)));
  const link = (...states: Link['state'][]) => [...links.values()].some(({ state }) => states.includes(state));
  if (ready === 'not ready' || broken > 0 || has(...failing) || link('missing')) return 'failing';
  if (findings.some(({ severity }) => severity === 'error')) return 'failing';
  if (findings.length > 0 || has(...doubtful) || link('down', 'short')) return 'warning';
  if (multus === 'absent' && uses.some(({ rail }) => !rail.startsWith('default:'))) return 'warning';
  if ((placed && (devices !== 'links' || ready === 'unknown')) || has('unknown')) return 'unknown';
  return has('pending') ? 'pending' : 'ok';
}

/** All that the lens knows of one node; `name` is empty for pods on no node. `members` in order of their ids. */
export function buildNodeFacts(engine: Engine, name: string, members: readonly NodeMember[]): NodeFacts {
  const info = engine.node(name);
  const reported = engine.devicesOf(name);
  const links = createLinks(reported);
  const { uses, used } = usesOf(engine, name, members, links);
  for (const link of links.withVfs()) if (!used.has(link.name)) used.set(link.name, link);
  const beneath = new Set([...used.values()].flatMap(({ chain }) => chain.flatMap((stop) => stop.name.split(' + '))));
  const all = links.all();
  const idle = all.map((device) => device.name).filter((link) => !used.has(link) && !beneath.has(link));
  const findings = nodeFindings(engine, name);
  const [worst] = [...findings].sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
  const base = {
    ready: info ? (info.ready ? ('ready' as const) : ('not ready' as const)) : ('unknown' as const),
    // What is attached there got there through it, wherever its pods are thought to run.
    multus:
      info?.multus === 'absent' && isPlugged(uses) ? ('unknown' as const) : (info?.multus ?? ('unknown' as const)),
    devices:
      reported.length === 0
        ? ('none' as const)
        : reported.some(({ provider }) => provider === WHOLE)
          ? ('links' as const)
          : ('some' as const),
    broken: members.filter(({ broken }) => broken).length,
    uses,
    links: used,
  };
  const health = healthOf({ ...base, findings, placed: name !== '' });
  const hardware = hashOf(
    JSON.stringify([
      base.devices,
      all.map(({ kind, name: link, details }) => [kind, link, details['mtu'], details['state']]),
      links.withVfs().map((link) => [link.name, link.vfs]),
    ]),
  );
  const bad = [...used.values()].filter(({ state }) => state !== 'up' && state !== 'unreported');
  const trouble = [base.ready, base.multus, health, bad.map((link) => [link.name, link.state])];
  const plugged = uses.map((use) => [use.rail, use.link, [...use.states.keys()].sort(byText)]);
  const placing = name === '' ? 'unplaced' : '';
  return {
    ...base,
    name,
    role: roleOf(info),
    pods: members.length,
    plugless: members.filter(({ plugless }) => plugless).length,
    idle,
    health,
    ...(worst ? { severity: worst.severity, trouble: worst.title } : {}),
    keys: [
      `nodes:${hashOf(JSON.stringify([placing, hardware, trouble, plugged, worst?.title]))}`,
      `nodes:${hashOf(JSON.stringify([placing, hardware, trouble]))}`,
      `nodes:${hashOf(JSON.stringify([placing, base.ready, base.devices, health]))}`,
    ],
    group: `nodes:${hardware}`,
  };
}
