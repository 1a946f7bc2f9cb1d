import { fullName } from '@busbar/shared/graph/full-name';
import type { Rail, RailsDoc } from '@busbar/shared/graph/graph-doc';
import { count, plural } from '../../ui/format.ts';
import type { Target } from './cytoscape-graph.ts';
import { describeDrop, portName } from './describe.ts';
import classes from './rails.module.css';

export type TipAt = { target: Target; at: { x: number; y: number } };
type Props = { tip: TipAt; doc: RailsDoc; rails: ReadonlyMap<string, Rail>; width: number; height: number };

const MOST_PORTS = 8;

const linesOf = ({ target }: TipAt, doc: RailsDoc, rails: ReadonlyMap<string, Rail>): string[] => {
  if (target.kind === 'card') {
    const card = doc.cards.find((one) => one.id === target.of);
    if (!card) return [];
    const ports = card.ports
      .slice(0, MOST_PORTS)
      .map((port) => `${portName(port)} → ${(port.rail && rails.get(port.rail)?.name) ?? '?'} · ${port.state}`);
    if (card.ports.length > MOST_PORTS) ports.push(`and ${card.ports.length - MOST_PORTS} more`);
    return [`${fullName(card)}${card.count > 1 ? ` ×${count(card.count)}` : ''} · ${card.status}`, ...ports];
  }
  if (target.kind === 'rail') {
    const rail = rails.get(target.of);
    if (!rail) return [];
    return [
      `${rail.namespace ? `${rail.namespace}/` : ''}${rail.name}`,
      [rail.technology, rail.detail].filter(Boolean).join(' · '),
      plural(rail.count, 'attachment'),
    ];
  }
  const drop = doc.drops.find((one) => one.id === target.of);
  const card = drop && doc.cards.find((one) => one.id === drop.card);
  return card ? describeDrop(drop, card, rails.get(drop.rail)) : [];
};

export const Tip = ({ tip, doc, rails, width, height }: Props) => {
  const [title, ...lines] = linesOf(tip, doc, rails);
  if (!title) return null;
  const left = Math.max(4, Math.min(tip.at.x + 14, width - 330));
  const below = tip.at.y < height - 190;
  const top = below ? `${tip.at.y + 16}px` : `calc(${tip.at.y - 10}px - 100%)`;
  return (
    <div className={classes['tip']} style={{ transform: `translate(${left}px, ${top})` }} aria-hidden="true">
      <strong>{title}</strong>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
};
