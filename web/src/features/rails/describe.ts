import { fullName } from '@busbar/shared/graph/full-name';
import type { Card, Drop, Port, Rail, RailsDoc } from '@busbar/shared/graph/graph-doc';
import { thousands } from '@busbar/shared/graph/thousands';

const plural = (n: number, one: string): string => `${thousands(n)} ${one}${n === 1 ? '' : 's'}`;

/** What a port is called: its interface, or how many attachments it stands for. */
export const portName = ({ interface: name, count }: Port): string =>
  count === undefined ? name || '?' : plural(count, 'attachment');

export const describeCard = (card: Card, rails: ReadonlyMap<string, Rail>): string => {
  const ports = card.ports.map(
    (port) => `${portName(port)} ${port.state} on ${(port.rail && rails.get(port.rail)?.name) || 'no network'}`,
  );
  return `${fullName(card)}${card.count > 1 ? `, ${card.count} pods` : ''}, ${card.status}. ${ports.join('; ') || 'No interfaces'}.`;
};

/** What a person who cannot see the picture is told first. */
export const describeGraph = (doc: RailsDoc): string => {
  const { totals } = doc;
  const ghosts = doc.rails.filter((rail) => rail.ghost).length;
  return [
    `${plural(totals.shownWorkloads, 'pod')} as ${plural(totals.cards, 'card')} on ${plural(totals.drawnNetworks, 'network')}.`,
    totals.brokenWorkloads > 0 ? `${plural(totals.brokenWorkloads, 'pod')} broken.` : 'Nothing is broken.',
    ghosts > 0 ? `${plural(ghosts, 'network')} asked for but missing.` : '',
    'Arrow keys walk from card to card, Enter opens one. The table lens holds the same as rows.',
  ]
    .filter(Boolean)
    .join(' ');
};

export const describeDrop = (drop: Drop, card: Card, rail: Rail | undefined): string[] => [
  `${drop.interface ? `${drop.interface} → ` : ''}${rail?.name ?? drop.rail}`,
  `${drop.state}${drop.count > 1 ? `, ${plural(drop.count, 'attachment')}` : ''} · ${fullName(card)}`,
];
