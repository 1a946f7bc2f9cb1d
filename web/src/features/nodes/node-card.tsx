import type { Rail } from '@busbar/shared/graph/graph-doc';
import {
  brokenText,
  cardFacts,
  countText,
  idleText,
  laneText,
  linkLook,
  NO_LINK,
  podsText,
  reachText,
  restText,
  shortReach,
} from '@busbar/shared/graph/layout/node-look';
import { headOf, type PlacedLane, type PlacedNode, type PlacedUse } from '@busbar/shared/graph/layout/nodes';
import type { NodeCard, NodeLane, NodeUse } from '@busbar/shared/graph/nodes-doc';
import { memo } from 'react';
import { LinkMark, Tallies } from './marks.tsx';
import classes from './nodes.module.css';
import { cardKey, laneKey, useKey } from './walk.ts';

/** What a click on something selects. */
const selectionOfLane = (lane: NodeLane, card: NodeCard): string => {
  if (lane.device) return lane.device;
  return card.node === undefined ? card.id : `device:${card.node}/${lane.kind}/${lane.name}`;
};

const says = (states: NodeUse['states']): string =>
  Object.entries(states)
    .map(([state, n]) => `${n} ${state}`)
    .join(', ');

type Shared = { selected: string | null; focusKey: string | null; onSelect(id: string): void };

const LinkBlock = ({
  at,
  lane,
  card,
  dim,
  ...shared
}: Shared & { at: PlacedLane; lane: NodeLane; card: NodeCard; dim: boolean }) => {
  const look = linkLook(lane.state);
  const id = selectionOfLane(lane, card);
  const lines = laneText(lane, Math.max(1, card.count));
  return (
    <button
      type="button"
      className={classes['link']}
      style={{ left: at.x, top: at.y, width: at.width }}
      data-key={laneKey(at.key)}
      data-tone={look.tone}
      data-dim={dim || undefined}
      data-selected={(shared.selected === id && id !== card.id) || undefined}
      tabIndex={shared.focusKey === laneKey(at.key) ? 0 : -1}
      title={[lane.name, ...lines].join('\n')}
      onClick={() => shared.onSelect(id)}
    >
      <span className={classes['linkName']}>
        <LinkMark mark={look.mark} />
        <b className={classes['linkTitle']}>{lane.name}</b>
      </span>
      {lines.map((line, index) => (
        <span key={line} className={classes['linkLine']} data-word={(index === 0 && look.word !== '') || undefined}>
          {line}
        </span>
      ))}
    </button>
  );
};

const UseRow = ({
  at,
  use,
  rail,
  space,
  card,
  dim,
  lit,
  ...shared
}: Shared & {
  at: PlacedUse;
  use: NodeUse;
  rail: Rail | undefined;
  space: string | undefined;
  card: NodeCard;
  dim: boolean;
  lit: boolean;
}) => {
  const name = rail?.name ?? restText(use);
  const full = rail?.namespace ? `${rail.namespace}/${rail.name}` : name;
  const network = rail ? (rail.network ?? rail.id) : null;
  // With many tallies the name needs the room.
  const reach = Object.keys(use.states).length > 2 ? '' : shortReach(use, card);
  return (
    <button
      type="button"
      className={classes['use']}
      style={{ left: at.x - 4, top: at.y, width: at.width + 8 }}
      data-key={useKey(use.id)}
      data-dim={dim || undefined}
      data-lit={lit || undefined}
      data-ghost={rail?.ghost || undefined}
      data-quiet={!rail || rail.role === 'cluster-default' || undefined}
      data-selected={
        (shared.selected !== null && (shared.selected === use.id || shared.selected === network)) || undefined
      }
      tabIndex={shared.focusKey === useKey(use.id) ? 0 : -1}
      title={[
        full,
        [rail?.technology, rail?.detail].filter(Boolean).join(' · '),
        reachText(use, card) && `${reachText(use, card)} nodes`,
        use.also.length > 0 && `also on ${use.also.join(', ')}`,
        says(use.states),
      ]
        .filter(Boolean)
        .join('\n')}
      onClick={() => shared.onSelect(use.id)}
    >
      <span className={classes['names']}>
        <span className={classes['useName']}>{name}</span>
        {/* Where there is no room for it, it wraps out of sight as a whole. */}
        {space && <span className={classes['space']}>{space}</span>}
      </span>
      <span className="visually-hidden">
        {!space && rail?.namespace ? ` of ${rail.namespace}` : ''} {reachText(use, card) || 'on'} {card.name}:
      </span>
      {reach && (
        <span className={classes['reach']} aria-hidden="true">
          {reach}
        </span>
      )}
      <span className={classes['tallies']}>
        <Tallies states={use.states} />
      </span>
    </button>
  );
};

/** What lies on one card, as it is placed. */
export type CardParts = {
  at: PlacedNode;
  card: NodeCard;
  lanes: readonly { at: PlacedLane; lane: NodeLane | undefined; dim: boolean }[];
  uses: readonly {
    at: PlacedUse;
    use: NodeUse;
    rail: Rail | undefined;
    space: string | undefined;
    dim: boolean;
    lit: boolean;
  }[];
  foot: number | undefined;
  dim: boolean;
};

type Props = Shared & { parts: CardParts; changed: boolean };

/** One node, or nodes that look the same: what it says of itself, its links, and the networks on them. Lines are drawn beneath. */
export const NodeCardView = memo(({ parts, changed, ...shared }: Props) => {
  const { at, card, lanes, uses, foot, dim } = parts;
  const head = headOf(card);
  const facts = cardFacts(card);
  const count = countText(card);
  const key = cardKey(card.id);
  return (
    <section aria-label={[card.name, count].filter(Boolean).join(' ')} data-node={card.id}>
      <div
        className={classes['card']}
        style={{ left: at.x, top: at.y, width: at.width, height: at.height }}
        data-health={card.health}
        data-dim={dim || undefined}
        data-changed={changed || undefined}
        data-selected={shared.selected === card.id || undefined}
      />
      <button
        type="button"
        className={classes['head']}
        style={{ left: at.x, top: at.y, width: at.width, height: head - 4 }}
        data-key={key}
        data-dim={dim || undefined}
        tabIndex={shared.focusKey === key ? 0 : -1}
        onClick={() => shared.onSelect(card.id)}
      >
        <span className={classes['title']}>
          <b className={classes['nodeName']} title={card.name}>
            {card.name}
          </b>
          {count && <span className={classes['count']}>{count}</span>}
          <span className={classes['pods']}>
            <b>{brokenText(card)}</b>
            {podsText(card)}
          </span>
        </span>
        <span className={classes['facts']}>
          {facts.map((fact, index) => (
            <span key={fact.text} data-tone={fact.tone}>
              {index > 0 && <i aria-hidden="true"> · </i>}
              {fact.text}
            </span>
          ))}
        </span>
        {card.trouble && (
          <span className={classes['trouble']} data-severity={card.severity} title={card.trouble}>
            {card.trouble}
          </span>
        )}
      </button>
      {lanes.map(({ at: place, lane, dim: faded }) =>
        lane ? (
          <LinkBlock key={place.key} at={place} lane={lane} card={card} dim={faded} {...shared} />
        ) : (
          <span
            key={place.key}
            className={classes['noLink']}
            data-dim={faded || undefined}
            style={{ left: place.x, top: place.y, width: place.width }}
          >
            {NO_LINK}
          </span>
        ),
      )}
      {uses.map((one) => (
        <UseRow key={one.use.id} {...one} card={card} {...shared} />
      ))}
      {foot !== undefined && (
        <span
          className={classes['idle']}
          data-dim={dim || undefined}
          style={{ left: at.x, top: foot, width: at.width }}
          title={idleText(card)}
        >
          {idleText(card)}
        </span>
      )}
    </section>
  );
});
