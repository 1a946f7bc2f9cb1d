import type { Rail } from '../graph-doc.ts';
import type { LinkState, NodeCard, NodeLane, NodeUse } from '../nodes-doc.ts';
import { thousands } from '../thousands.ts';
import type { DropLook, Tone } from './look.ts';

/** How a link is drawn and what is written beside it, the same in the page and in an exported file. */
export type LinkMark = 'square' | 'half' | 'hollow' | 'cross' | 'question';
export type LinkLook = { mark: LinkMark; tone: Tone; line: DropLook['line']; broken: boolean; word: string };

const LOOKS: Record<LinkState, LinkLook> = {
  up: { mark: 'square', tone: 'network', line: 'solid', broken: false, word: '' },
  short: { mark: 'half', tone: 'warning', line: 'solid', broken: false, word: 'too few VFs' },
  down: { mark: 'hollow', tone: 'warning', line: 'dashed', broken: false, word: 'down' },
  missing: { mark: 'cross', tone: 'error', line: 'dotted', broken: true, word: 'missing' },
  unreported: { mark: 'question', tone: 'muted', line: 'dotted', broken: false, word: 'not reported' },
};

export const linkLook = (state: LinkState): LinkLook => LOOKS[state];

const plural = (n: number, one: string): string => `${thousands(n)} ${n === 1 ? one : `${one}s`}`;

const KINDS: Readonly<Record<string, string>> = {
  nic: 'NIC',
  vlan: 'VLAN',
  'ovs-bridge': 'OVS bridge',
  vf: 'VF',
  link: '',
  resource: 'VFs',
};

/** `PF · 2 of 2 VFs · MTU 9000`, or in what way it is not there. `of`: how many nodes the card stands for. */
function laneFacts(lane: NodeLane, of: number): string {
  const { word } = linkLook(lane.state);
  const some = lane.inState < of && of > 1 && word ? ` on ${thousands(lane.inState)} of ${thousands(of)}` : '';
  const here = !word && lane.nodes < of && of > 1 ? `on ${thousands(lane.nodes)} of ${thousands(of)}` : '';
  const { vfs } = lane;
  const kind = vfs ? 'PF' : (KINDS[lane.kind] ?? lane.kind);
  return [
    lane.state === 'short' ? '' : word + some,
    lane.kind === 'vlan' && lane.vlan ? `VLAN ${lane.vlan}` : kind,
    vfs
      ? vfs.wanted === undefined
        ? plural(vfs.made, 'VF')
        : `${thousands(vfs.made)} of ${thousands(vfs.wanted)} VFs`
      : '',
    lane.mtu && !vfs ? `MTU ${lane.mtu}` : '',
    here,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** What lies between the wire and the link. */
const chainText = (lane: NodeLane): string =>
  lane.chain.length === 0
    ? ''
    : `on ${lane.chain.map((stop) => (stop.down ? `${stop.name} (down)` : stop.name)).join(' › ')}`;

/** Lines under the name of a link. */
export const laneText = (lane: NodeLane, of: number): string[] =>
  [laneFacts(lane, of), chainText(lane), lane.switchPorts.join(', ')].filter(Boolean);

export type Fact = { text: string; tone: 'muted' | 'warning' | 'error' };

/** The line under the name of a card. */
export function cardFacts(card: NodeCard): Fact[] {
  const facts: Fact[] = [];
  const add = (text: string, tone: Fact['tone'] = 'muted') => facts.push({ text, tone });
  if (card.kind !== 'unplaced') {
    if (card.ready === 'not ready') add('not ready', 'error');
    else add(card.ready === 'ready' ? 'ready' : 'state unknown');
  }
  if (card.multus === 'absent') add('no Multus', 'warning');
  if (card.plugless > 0) add(`${thousands(card.plugless)} on the host network`);
  if (card.kind !== 'unplaced' && card.devices !== 'links')
    add(card.devices === 'none' ? '? devices not reported' : '? links not reported', 'warning');
  return facts;
}

export const countText = (card: NodeCard): string => (card.kind === 'group' ? `×${thousands(card.count)}` : '');
export const podsText = (card: NodeCard): string => plural(card.pods, 'pod');
export const brokenText = (card: NodeCard): string => (card.broken > 0 ? `${thousands(card.broken)} broken of ` : '');

export const idleText = (card: NodeCard): string =>
  `no network on ${card.idle.join(', ')}${card.moreIdle > 0 ? ` and ${thousands(card.moreIdle)} more` : ''}`;

/** What stands in place of the link where networks name none. */
export const NO_LINK = 'no link named';

/** The sum of what is not listed one by one. */
export const restText = (use: NodeUse): string => `+ ${plural(use.networks, 'network')}`;

/** Namespaces of rails that share their name with others: those alone need it to be told apart. */
export function railSpaces(rails: readonly Rail[]): ReadonlyMap<string, string> {
  const seen = new Map<string, number>();
  for (const { name } of rails) seen.set(name, (seen.get(name) ?? 0) + 1);
  return new Map(
    rails.flatMap(({ id, name, namespace }) => (namespace && (seen.get(name) ?? 0) > 1 ? [[id, namespace]] : [])),
  );
}

/** The same where there is little room. */
export const shortReach = (use: NodeUse, card: NodeCard): string =>
  use.rail !== null && card.count > 1 && use.nodes < card.count
    ? `${thousands(use.nodes)}/${thousands(card.count)}`
    : '';

/** `12 of 40` where only some nodes of a card have pods on the network. */
export const reachText = (use: NodeUse, card: NodeCard): string =>
  card.count > 1 && use.nodes < card.count ? `on ${thousands(use.nodes)} of ${thousands(card.count)}` : '';
