import { paletteOf } from '@busbar/shared/graph/layout/palette';
import type { NodesDoc } from '@busbar/shared/graph/nodes-doc';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { type KeyboardEvent, useEffect, useId, useMemo, useState } from 'react';
import type { LensProps } from '../../ui/lens.ts';
import { Message } from '../../ui/message.tsx';
import { describeNodes } from './describe.ts';
import { litByFinding, litBySought } from './emphasis.ts';
import { Legend } from './legend.tsx';
import { NodeCardView } from './node-card.tsx';
import classes from './nodes.module.css';
import { byId, partsOf } from './parts.ts';
import { SourcesNote } from './sources-note.tsx';
import { useNodesLayout } from './use-nodes-layout.ts';
import { cardKey, type Step, stopsOf, walk } from './walk.ts';
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

/** Kubernetes nodes, their links, the networks on those, and how the pods there fare. */
export const NodesView = ({
  doc,
  shown,
  theme,
  select,
  finding,
  sought,
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
  const lanes = useMemo(() => byId(doc.lanes), [doc.lanes]);
  const uses = useMemo(() => byId(doc.uses), [doc.uses]);
  const rails = useMemo(() => byId(doc.rails), [doc.rails]);
  const lit = useMemo(() => {
    if (finding) return litByFinding(doc, finding);
    return sought ? litBySought(doc, sought) : null;
  }, [doc, finding, sought]);
  const parts = useMemo(() => partsOf(doc, layout, lit), [doc, layout, lit]);
  const stops = useMemo(() => stopsOf(layout, HEAD_STOP), [layout]);
  const focused = stops.find(({ key }) => key === focus) ?? stops[0];

  useEffect(() => {
    if (!select || !box) return;
    const at = box.querySelector('[data-selected]') ?? box.querySelector('[data-lit]');
    at?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [select, box]);

  const keyDown = (event: KeyboardEvent<HTMLElement>) => {
    const at = (event.target as HTMLElement).dataset['key'] ?? focused?.key ?? null;
    const step = STEPS[event.key];
    if (step) {
      const next = walk(stops, at, step);
      setFocus(next);
      if (next) event.currentTarget.querySelector<HTMLElement>(`[data-key="${CSS.escape(next)}"]`)?.focus();
    } else if (event.key === ' ' && at?.startsWith('card ')) {
      const group = doc.nodes.find((card) => cardKey(card.id) === at)?.group;
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
          {parts.map((own) => (
            <NodeCardView
              key={own.at.id}
              parts={own}
              changed={changed.has(own.at.id)}
              selected={select}
              focusKey={focused?.card === own.at.id ? focused.key : null}
              onSelect={onSelect}
            />
          ))}
          <Wires layout={layout} lanes={lanes} uses={uses} rails={rails} palette={palette} lit={lit} />
        </div>
      </section>
      <Legend doc={doc} />
    </div>
  );
};
