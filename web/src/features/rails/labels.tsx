import type { Rail, RailsDoc } from '@busbar/shared/graph/graph-doc';
import type { RailsLayout } from '@busbar/shared/graph/layout/rails';
import { memo } from 'react';
import classes from './rails.module.css';

type Props = {
  doc: RailsDoc;
  layout: RailsLayout;
  selected: string | null;
  lit: ReadonlySet<string> | null;
  onSelect(id: string): void;
};

/** Names that more than one drawn network has: they need their namespace to be told apart. */
const ambiguous = (rails: readonly Rail[]): Set<string> => {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const rail of rails) {
    if (seen.has(rail.name)) twice.add(rail.name);
    seen.add(rail.name);
  }
  return twice;
};

const tiersOf = (layout: RailsLayout): { tier: number; y: number; names: string }[] => {
  const tiers = new Map<number, { tier: number; y: number; labels: string[] }>();
  for (const band of layout.bands) {
    const known = tiers.get(band.tier);
    if (known) known.labels.push(band.label);
    else tiers.set(band.tier, { tier: band.tier, y: band.y, labels: [band.label] });
  }
  return [...tiers.values()].map(({ tier, y, labels }) => ({ tier, y, names: labels.join(', ') }));
};

const toneOf = (rail: Rail): string => {
  if (rail.ghost || rail.severity === 'error') return 'error';
  return rail.role === 'cluster-default' ? 'quiet' : 'normal';
};

/**
 * Rail names in the gutter and band names over their frames, in the page rather than on the canvas: they can be read, copied and
 * clicked. From far away the gutter says which bands a tier holds instead.
 */
export const Labels = memo(({ doc, layout, selected, lit, onSelect }: Props) => {
  const rails = new Map(doc.rails.map((rail) => [rail.id, rail]));
  const twice = ambiguous(doc.rails);
  return (
    <>
      <div className={classes['gutter']} />
      {tiersOf(layout).map(({ tier, y, names }) => (
        <div key={tier} className={classes['tierLabel']} data-tier data-y={y} title={names}>
          {names}
        </div>
      ))}
      {layout.bands.map((band) => (
        <div
          key={band.key}
          className={classes['bandLabel']}
          data-band
          data-x={band.x}
          data-y={band.y}
          data-w={band.width}
          title={band.label}
        >
          {band.label}
          {band.part > 0 && <span className={classes['continued']}> continued</span>}
        </div>
      ))}
      {layout.rails.map((placed) => {
        const rail = rails.get(placed.id);
        if (!rail) return null;
        const id = rail.network ?? rail.id;
        const detail = [rail.technology, rail.detail].filter(Boolean).join(' · ');
        const full = `${rail.namespace ? `${rail.namespace}/` : ''}${rail.name}`;
        return (
          <button
            key={placed.key}
            type="button"
            tabIndex={-1}
            className={classes['railLabel']}
            data-rail
            data-y={placed.y}
            data-tone={toneOf(rail)}
            data-selected={selected === id || undefined}
            data-dim={(lit !== null && !lit.has(`rail ${placed.key}`)) || undefined}
            title={`${full}\n${detail}`}
            onClick={() => onSelect(id)}
          >
            <span className={classes['railName']}>{twice.has(rail.name) ? full : rail.name}</span>
            {/* What does not fit wraps out of sight as a whole: half an address says nothing. */}
            <span className={classes['railDetail']}>
              {detail.split(' · ').map((part) => (
                <span key={part}>{part}</span>
              ))}
            </span>
          </button>
        );
      })}
    </>
  );
});
