import type { Engine } from '../engine/engine-api.ts';
import type { AttachmentState, Network, Pool } from '../model/topology.ts';
import type { Member, NetworkDoc } from './documents.ts';
import { byName, byText, membersOf, toMember } from './parts.ts';

const MAX_MEMBERS = 500;
/** Rails of what was asked for and does not exist are named by the words of the request: see `graph/member.ts`. */
const GHOST = 'ghost:';

/**
 * What the inspector shows of a network, by its id or any alias of it. An alias that nothing answers though something asks for it
 * gives a document with `network: null`; null when nobody knows the name at all.
 */
export function buildNetworkDoc(engine: Engine, idOrAlias: string): NetworkDoc | null {
  const network = engine.network(idOrAlias) ?? engine.networkByAlias(idOrAlias) ?? null;
  const id = network?.id ?? idOrAlias;
  const members = id.startsWith(GHOST) ? askersOf(engine, id.slice(GHOST.length)) : membersOf(engine, id);
  if (!network && members.length === 0) return null;
  return {
    revision: engine.revision,
    network,
    id,
    name: network?.name ?? idOrAlias.slice(idOrAlias.indexOf(':') + 1),
    configs: network ? engine.configsOf(network.id) : [],
    members: members.slice(0, MAX_MEMBERS),
    total: members.length,
    states: countStates(members),
    pools: network ? poolsOf(engine, network) : [],
    findings: network ? engine.findingsOf(network.id) : findingsOfMembers(engine, members),
  };
}

/** Attachments that lead nowhere and asked in these words; '?' stands for a request that cannot be read. */
function askersOf(engine: Engine, asked: string): Member[] {
  const members: Member[] = [];
  for (const { id } of engine.workloads()) {
    for (const plug of engine.plugsOf(id)) {
      const { network, requested } = plug;
      if (network !== null || !requested || (requested.network || '?') !== asked) continue;
      const member = toMember(engine, id, plug);
      if (member) members.push(member);
    }
  }
  return members.sort((a, b) => byName(a, b) || byText(a.attachment, b.attachment));
}

function countStates(members: readonly Member[]): Partial<Record<AttachmentState, number>> {
  const states: Partial<Record<AttachmentState, number>> = {};
  for (const { state } of members) states[state] = (states[state] ?? 0) + 1;
  return states;
}

function poolsOf(engine: Engine, network: Network): Pool[] {
  const pools = [...engine.pools()].filter(
    (pool) => pool.networks.includes(network.id) || network.pools.includes(pool.id),
  );
  return pools.sort((a, b) => byText(a.id, b.id));
}

/** A network that does not exist is no subject of anything: what is known of it is what its members suffer from. */
function findingsOfMembers(engine: Engine, members: readonly Member[]) {
  const findings = members.flatMap((member) => engine.findingsOf(member.attachment));
  return [...new Map(findings.map((finding) => [finding.id, finding])).values()];
}
