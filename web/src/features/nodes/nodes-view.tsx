import { railSpaces } from '@busbar/shared/graph/layout/node-look';
import { headOf } from '@busbar/shared/graph/layout/nodes';
import { paletteOf } from '@busbar/shared/graph/layout/palette';
import type { NodesDoc } from '@busbar/shared/graph/nodes-doc';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { type KeyboardEvent, useEffect, useId, useMemo, useState } from 'react';
import type { LensProps } from '../../ui/lens.ts';
import { Message } from '../../ui/message.tsx';
import { describeNodes } from './describe.ts';
import { litByFinding, litByHits } from './emphasis.ts';
import { Legend } from './legend.tsx';
import { NodeCardView } from './node-card.tsx';
import classes from './nodes.module.css';
import { SourcesNote } from './sources-note.tsx';
import { useNodesLayout } from './use-nodes-layout.ts';
import { type Step, stopsOf, walk } from './walk.ts';
import { Wires } from './wires.tsx';

const MARGIN = 16;
const HEAD_STOP = 40;
const STEPS: Record<string, Step> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
};

const byId = <T extends { id: string }>(list: readonly T[]): ReadonlyMap<string, T> =>
  new Map(list.map((item) => [item.id, item]));

/** Kubernetes nodes, their links, the networks on those, and how the pods there fare. */
export const NodesView = ({
  doc,
  shown,
  theme,
  select,
  finding,
  hits,
  changed,
  onSelect,
  onToggle,
}: LensProps<NodesDoc>) => {
  const { ref, width } = useElementSize();
  const [box, setBox] = useState<HTMLElement | null>(null);
  const measured = useMergedRef(ref, setBox);
  const [focus, setFocus] = useState<string | null>(null);
  const summary = useId();
  const layout = useNodesLayout(doc, shown, width - MARGIN * 2);
  const palette = paletteOf(theme);
  const cards = useMemo(() => byId(doc.nodes), [doc.nodes]);
  const lanes = useMemo(() => byId(doc.lanes), [doc.lanes]);
  const uses = useMemo(() => byId(doc.uses), [doc.uses]);
  const rails = useMemo(() => byId(doc.rails), [doc.rails]);
  const spaces = useMemo(() => railSpaces(doc.rails), [doc.rails]);
  const lit = useMemo(() => {
    if (finding) return litByFinding(doc, finding);
    return hits ? litByHits(doc, hits) : null;
  }, [doc, finding, hits]);
  const stops = useMemo(() => stopsOf(layout, HEAD_STOP), [layout]);
  const focusKey = stops.some(({ key }) => key === focus) ? focus : (stops[0]?.key ?? null);

  useEffect(() => {
    if (!select || !box) return;
    const at = box.querySelector('[data-selected]');
    at?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [select, box]);

  const keyDown = (event: KeyboardEvent<HTMLElement>) => {
    const at = (event.target as HTMLElement).dataset['key'] ?? focusKey;
    const step = STEPS[event.key];
    if (step) {
      const next = walk(stops, at, step);
      setFocus(next);
      if (next) event.currentTarget.querySelector<HTMLElement>(`[data-key="${CSS.escape(next)}"]`)?.focus();
    } else if (event.key === ' ' && at?.startsWith('card ')) {
      const group = cards.get(at.slice(5))?.group;
      if (group) onToggle(group);
    } else return;
    event.preventDefault();
  };

  if (doc.nodes.length === 0)
    return (
      <Message
        title="No nodes"
        text="The source holds no nodes and no pods that run on one."
        command="kubectl get nodes -o wide"
      />
    );
  return (
    <div className={classes['root']}>
      <SourcesNote doc={doc} />
      <section
        ref={measured}
        className={classes['scroll']}
        aria-label="Nodes"
        aria-describedby={summary}
        data-testid="nodes"
        onKeyDown={keyDown}
        onFocus={(event) => setFocus(event.target.dataset['key'] ?? null)}
      >
        <p id={summary} className="visually-hidden">
          {describeNodes(doc)}
        </p>
        <div className={classes['sheet']} style={{ width: layout.width, height: layout.height }}>
          {layout.cards.map((at) => {
            const card = cards.get(at.id);
            if (!card) return null;
            return (
              <NodeCardView
                key={at.id}
                at={at}
                card={card}
                lanes={layout.lanes
                  .filter((lane) => lane.card === at.id)
                  .map((lane) => ({ at: lane, lane: lane.id === null ? undefined : lanes.get(lane.id) }))}
                uses={layout.uses.flatMap((place) => {
                  const use = place.card === at.id ? uses.get(place.id) : undefined;
                  if (!use) return [];
                  const rail = rails.get(use.rail ?? '');
                  return [
                    {
                      at: place,
                      use,
                      rail,
                      space: spaces.get(use.rail ?? ''),
                      dim: lit !== null && !lit.uses.has(use.id),
                    },
                  ];
                })}
                foot={layout.feet.get(at.id)}
                head={headOf(card)}
                dim={lit !== null && !lit.cards.has(at.id)}
                changed={changed.has(at.id)}
                selected={select}
                focusKey={focusKey}
                onSelect={onSelect}
              />
            );
          })}
          <Wires layout={layout} lanes={lanes} uses={uses} rails={rails} palette={palette} lit={lit} />
        </div>
      </section>
      <Legend doc={doc} />
    </div>
  );
};
