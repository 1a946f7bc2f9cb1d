import type { Card, RailsDoc } from '@busbar/shared/graph/graph-doc';
import { paletteOf } from '@busbar/shared/graph/layout/palette';
import {
  type KeyboardEvent,
  useEffect,
  useEffectEvent,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { LensProps } from '../../ui/lens.ts';
import { boundsOf, focusOf } from './bounds.ts';
import type { GraphEvents, Target } from './cytoscape-graph.ts';
import { describeCard, describeGraph } from './describe.ts';
import { Labels } from './labels.tsx';
import { moveTo, saveMoved } from './moved.ts';
import classes from './rails.module.css';
import { exposeGraph } from './test-handle.ts';
import { Tip, type TipAt } from './tip.tsx';
import { useController } from './use-controller.ts';
import { useEmphasis } from './use-emphasis.ts';
import { useMoved } from './use-moved.ts';
import { useRailsLayout } from './use-rails-layout.ts';
import { type Step, walk } from './walk.ts';
import { ZoomTools } from './zoom-tools.tsx';

const DOUBLE_CLICK = 450;
const STEPS: Record<string, Step> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
};

/** What a click on something selects. */
const selectionOf = (target: Target, doc: RailsDoc): string | null => {
  if (target.kind === 'rail') return doc.rails.find((rail) => rail.id === target.of)?.network ?? target.of;
  const drop = target.kind === 'drop' ? doc.drops.find((one) => one.id === target.of) : undefined;
  const card = doc.cards.find((one) => one.id === (drop ? drop.card : target.of));
  if (!card) return null;
  if (!card.workload) return card.id;
  const slot = drop && card.ports[drop.port]?.key;
  return slot === undefined ? card.workload : `${card.workload}#${slot}`;
};

/** What a second click does: it shows the parts of a group, and of what has none puts the group together again. */
const groupOf = (card: Card | undefined): string | null =>
  card ? ((card.expandable ? card.group : card.within) ?? null) : null;

export const RailsView = (props: LensProps<RailsDoc>) => {
  const { doc, shown, cluster, theme, select, finding, sought, changed, onSelect, onToggle } = props;
  const root = useRef<HTMLDivElement>(null);
  const graph = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const labels = useRef<HTMLDivElement>(null);
  const [moved, setMoved] = useMoved(cluster);
  const [round, setRound] = useState(0);
  const [focused, setFocused] = useState<string | null>(null);
  const [tip, setTip] = useState<TipAt | null>(null);
  const summary = useId();
  /** The selection came from a click in the picture: what was clicked is in sight, and a second click may follow. */
  const tapped = useRef(false);
  const palette = paletteOf(theme);
  const cards = useMemo(() => new Map(doc.cards.map((card) => [card.id, card])), [doc.cards]);
  const rails = useMemo(() => new Map(doc.rails.map((rail) => [rail.id, rail])), [doc.rails]);

  const events: Omit<GraphEvents, 'viewport'> = {
    tap: (target) => {
      if (root.current) root.current.dataset['pointer'] = '';
      root.current?.focus({ preventScroll: true });
      setFocused(target?.kind === 'card' ? target.of : null);
      tapped.current = true;
      onSelect(target && selectionOf(target, doc));
    },
    open: (target) => {
      const group = groupOf(cards.get(target.of));
      if (group) onToggle(group);
    },
    hover: (target, at) => setTip(target ? { target, at } : null),
    moved: (target, centre, done) => {
      const next = moveTo(moved, layout, target, centre);
      setMoved(next);
      if (done) saveMoved(cluster, next);
    },
  };
  const { controller, size } = useController({ graph, canvas, labels }, palette, events);
  const { layout, frame, legible } = useRailsLayout(doc, shown, size, moved, round);
  const { selectedCard, touched, lit } = useEmphasis({ doc, layout, select, finding, sought });

  useLayoutEffect(() => controller?.setScene(doc, layout, palette), [controller, doc, layout, palette]);
  useLayoutEffect(() => {
    controller?.setMarks({ lit, selected: new Set(selectedCard ? [selectedCard] : []), focused });
  }, [controller, lit, selectedCard, focused]);
  useEffect(() => controller?.glow(changed), [controller, changed]);
  useEffect(() => (controller ? exposeGraph(controller, doc, layout) : undefined), [controller, doc, layout]);

  const fitted = useRef('');
  useLayoutEffect(() => {
    if (!controller || size.width === 0 || fitted.current === frame) return;
    fitted.current = frame;
    controller.fit(false, legible);
  }, [controller, size, frame, legible]);

  const reveal = useEffectEvent(() => {
    const about = selectedCard ? new Set([selectedCard]) : finding ? touched?.cards : undefined;
    const box = about && focusOf(layout, about, size);
    if (box) controller?.reveal(box, true);
  });
  const aim = `${select ?? ''}|${size.width > 0}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it moves the picture when something else is selected, not when data change
  useEffect(() => {
    const wait = tapped.current ? DOUBLE_CLICK : 0;
    tapped.current = false;
    const timer = window.setTimeout(() => reveal(), wait);
    return () => window.clearTimeout(timer);
  }, [aim, controller]);

  const keyDown = (event: KeyboardEvent<HTMLElement>) => {
    delete event.currentTarget.dataset['pointer'];
    const step = STEPS[event.key];
    const card = focused ? cards.get(focused) : undefined;
    if (step) {
      const next = walk(layout, focused ?? selectedCard, step);
      setFocused(next);
      const box = next && boundsOf(layout, new Set([next]), false);
      if (box) controller?.reveal(box, false);
    } else if (event.key === 'Enter' && card) onSelect(card.workload ?? card.id);
    else if (event.key === ' ' && groupOf(card)) onToggle(groupOf(card) ?? '');
    else if (event.key === 'Backspace' && card?.within) onToggle(card.within);
    else if (event.key === '+' || event.key === '=') controller?.zoomBy(1.25);
    else if (event.key === '-') controller?.zoomBy(0.8);
    else if (event.key === '0') controller?.fit(true, false);
    else return;
    event.preventDefault();
  };
  const spoken = focused ? cards.get(focused) : undefined;

  return (
    <div
      ref={root}
      className={classes['root']}
      role="application"
      aria-label="Network rails"
      aria-describedby={summary}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: an application region takes the arrow keys
      tabIndex={0}
      data-testid="graph"
      onKeyDown={keyDown}
      onBlur={(event) => {
        delete event.currentTarget.dataset['pointer'];
        setFocused(null);
      }}
    >
      <div ref={graph} className={classes['graph']} />
      <canvas ref={canvas} className={classes['canvas']} />
      <div ref={labels} className={classes['labels']}>
        <Labels doc={doc} layout={layout} selected={select} lit={lit} onSelect={onSelect} />
      </div>
      <p id={summary} className="visually-hidden">
        {describeGraph(doc)}
      </p>
      <p className="visually-hidden" aria-live="polite">
        {spoken ? describeCard(spoken, rails) : ''}
      </p>
      {tip && <Tip tip={tip} doc={doc} rails={rails} width={size.width} height={size.height} />}
      <ZoomTools
        controller={controller}
        states={doc.totals.states}
        moved={moved.size}
        onArrange={() => setRound(round + 1)}
        onReset={() => {
          setMoved(new Map());
          saveMoved(cluster, new Map());
        }}
      />
    </div>
  );
};
