import type { GraphDoc } from '@busbar/shared/graph/graph-doc';
import type { RailsLayout } from '@busbar/shared/graph/layout/rails';
import { memo } from 'react';
import classes from './rails.module.css';

type Props = { doc: GraphDoc; layout: RailsLayout; selected: string | null; lit: ReadonlySet<string> | null; onSelect(id: string): void };

/** Rail names in the gutter and band names over their frames, in the page rather than on the canvas: they can be read, copied and tabbed to. */
export const Labels = memo(({ doc, layout, selected, lit, onSelect }: Props) => {
  const rails = new Map(doc.rails.map((rail) => [rail.id, rail]));
  return (
    <>
      <div className={classes['gutter']} />
      {layout.bands.map((band) => (
        <div key={band.key} className={classes['bandLabel']} data-band data-x={band.x} data-y={band.y} data-w={band.width} title={band.label}>
          {band.label}
          {band.part > 0 && <span className={classes['continued']}> continued</span>}
        </div>
      ))}
      {layout.rails.map((placed) => {
        const rail = rails.get(placed.id);
        if (!rail) return null;
        const id = rail.network ?? rail.id;
        const tone = rail.ghost || rail.severity === 'error' ? 'error' : rail.role === 'cluster-default' ? 'quiet' : 'normal';
        return (
          <button
            key={placed.key}
            type="button"
            tabIndex={-1}
            className={classes['railLabel']}
            data-rail
            data-y={placed.y}
            data-tone={tone}
            data-selected={selected === id || undefined}
            data-dim={(lit !== null && !lit.has(`rail ${placed.key}`)) || undefined}
            title={`${rail.namespace ? `${rail.namespace}/` : ''}${rail.name}\n${[rail.technology, rail.detail].filter(Boolean).join(' · ')}`}
            onClick={() => onSelect(id)}
          >
            <span className={classes['railName']}>{rail.name}</span>
            <span className={classes['railDetail']}>{[rail.technology, rail.detail].filter(Boolean).join(' · ')}</span>
          </button>
        );
      })}
    </>
  );
});
