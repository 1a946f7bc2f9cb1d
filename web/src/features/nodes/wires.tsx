import type { Rail } from '@busbar/shared/graph/graph-doc';
import { type DropLook, dropLook } from '@busbar/shared/graph/layout/look';
import { linkLook } from '@busbar/shared/graph/layout/node-look';
import type { NodesLayout, PlacedLane, PlacedUse } from '@busbar/shared/graph/layout/nodes';
import { hueOf, type Palette, toneColor } from '@busbar/shared/graph/layout/palette';
import type { NodeLane, NodeUse } from '@busbar/shared/graph/nodes-doc';
import { memo } from 'react';
import { StateShape } from '../../ui/state-mark.tsx';
import type { Lit } from './emphasis.ts';

const DASHES: Record<DropLook['line'], string | undefined> = { solid: undefined, dashed: '5 4', dotted: '1.5 3' };
const DIM = 0.18;
/** A broken stub is longer, so that its cross stands free. */
const LONGER = 24;
const STUB = 20;

const Cross = ({ x, y, color }: { x: number; y: number; color: string }) => (
  <path d={`M${x - 4} ${y - 4}l8 8m0-8-8 8`} stroke={color} strokeWidth="2" strokeLinecap="round" fill="none" />
);

/** From a link to the bar that its networks are on. */
const Bar = ({
  at,
  lane,
  palette,
  dim,
}: {
  at: PlacedLane;
  lane: NodeLane | undefined;
  palette: Palette;
  dim: boolean;
}) => {
  if (at.rows === 0) return null;
  const look = linkLook(lane?.state ?? 'unreported');
  const color = lane ? toneColor(palette, look.tone, palette.muted) : palette.quiet;
  return (
    <g opacity={dim ? DIM : undefined}>
      <line
        x1={at.x + at.width - (look.broken ? LONGER : 0)}
        y1={at.y1}
        x2={at.bar}
        y2={at.y1}
        stroke={color}
        strokeWidth="2"
        strokeDasharray={DASHES[look.line]}
      />
      <line
        x1={at.bar}
        y1={at.y1 - 3}
        x2={at.bar}
        y2={at.y2 + 3}
        stroke={color}
        strokeWidth="3"
        strokeLinecap="round"
      />
      {look.broken && (
        <>
          <circle cx={at.bar - STUB} cy={at.y1} r="6" fill={palette.card} />
          <Cross x={at.bar - STUB} y={at.y1} color={color} />
        </>
      )}
    </g>
  );
};

/** From the bar to the name of a network, drawn as its worst plug is. */
const Tick = ({
  at,
  use,
  rail,
  palette,
  dim,
}: {
  at: PlacedUse;
  use: NodeUse;
  rail: Rail | undefined;
  palette: Palette;
  dim: boolean;
}) => {
  const look = dropLook(use.worst);
  const quiet = !rail || rail.role === 'cluster-default';
  const color = toneColor(palette, look.tone, quiet ? palette.quiet : hueOf(palette, rail.hue));
  const y = at.y + at.height / 2;
  return (
    <g opacity={dim ? DIM : undefined}>
      <line
        x1={at.bar}
        y1={y}
        x2={at.bar + 15}
        y2={y}
        stroke={color}
        strokeWidth={quiet ? 1.2 : 2}
        strokeDasharray={DASHES[look.line]}
      />
      <g transform={`translate(${at.bar + 12} ${y - 5.5})`} style={{ color }}>
        <StateShape state={use.worst} ground={palette.card} />
      </g>
    </g>
  );
};

type Props = {
  layout: NodesLayout;
  lanes: ReadonlyMap<string, NodeLane>;
  uses: ReadonlyMap<string, NodeUse>;
  rails: ReadonlyMap<string, Rail>;
  palette: Palette;
  lit: Lit | null;
};

/** Every line of the picture; what can be read and clicked lies over it. */
export const Wires = memo(({ layout, lanes, uses, rails, palette, lit }: Props) => (
  <svg
    width={layout.width}
    height={layout.height}
    aria-hidden="true"
    style={{ position: 'absolute', inset: 0, pointerEvents: 'none' }}
  >
    {layout.lanes.map((at) => (
      <Bar
        key={at.key}
        at={at}
        lane={at.id === null ? undefined : lanes.get(at.id)}
        palette={palette}
        dim={lit !== null && !(at.id === null ? lit.cards.has(at.card) : lit.lanes.has(at.id))}
      />
    ))}
    {layout.uses.map((at) => {
      const use = uses.get(at.id);
      if (!use) return null;
      const rail = use.rail === null ? undefined : rails.get(use.rail);
      return (
        <Tick key={at.id} at={at} use={use} rail={rail} palette={palette} dim={lit !== null && !lit.uses.has(at.id)} />
      );
    })}
  </svg>
));
