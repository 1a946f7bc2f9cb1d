import type { GraphDoc } from '@busbar/shared/graph/graph-doc';
import { paletteOf } from '@busbar/shared/graph/layout/palette';
import { chooseWidth, layoutRails, type RailsLayout } from '@busbar/shared/graph/layout/rails';
import type { Finding } from '@busbar/shared/model/topology';
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { RailsController } from './controller.ts';
import type { Target } from './cytoscape-graph.ts';
import { describeCard, describeGraph } from './describe.ts';
import { cardElementId } from './elements.ts';
import { cardsOfWorkloads, litElements, touchedByFinding, touchedByNetwork } from './emphasis.ts';
import { GUTTER } from './label-sync.ts';
import { Labels } from './labels.tsx';
import { loadMoved, type Moved, saveMoved } from './moved.ts';
import classes from './rails.module.css';
import { exposeGraph } from './test-handle.ts';
import { Tip, type TipAt } from './tip.tsx';
import { ZoomTools } from './zoom-tools.tsx';
import { type Step, walk } from './walk.ts';

export type RailsViewProps = {
  doc: GraphDoc;
  /** Changes whenever the picture is another one, so that it is laid out and fitted anew. */
  viewKey: string;
  cluster: string;
  theme: 'light' | 'dark';
  select: string | null;
  finding: Finding | null;
  /** Ids of cards that the search box has found; null when nothing is looked for. */
  found: ReadonlySet<string> | null;
  changed: ReadonlySet<string>;
  /** Width that a panel beside the picture takes away just now: it must not lay the picture out anew. */
  reserved: number;
  onSelect(id: string | null): void;
  onToggle(card: string): void;
};

const STEPS: Record<string, Step> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down', Home: 'first', End: 'last' };

const useTierWidth = (doc: GraphDoc, viewKey: string, size: { width: number; height: number }): number => {
  const kept = useRef({ key: '', cards: 0, width: 0 });
  const key = `${viewKey}|${Math.round(size.width / 120)}|${Math.round(size.height / 120)}`;
  // A few more or fewer cards must not move the others; twice as many is another picture.
  const grown = doc.cards.length > kept.current.cards * 1.5 + 4 || doc.cards.length < kept.current.cards / 2 - 4;
  if (size.width > 0 && (kept.current.key !== key || grown)) {
    kept.current = { key, cards: doc.cards.length, width: chooseWidth(doc, { width: Math.max(200, size.width - GUTTER - 28), height: Math.max(200, size.height - 28) }) };
  }
  return kept.current.width;
};

const boundsOf = (layout: RailsLayout, cards: Iterable<string>) => {
  let [x1, y1, x2, y2] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const id of cards) {
    const card = layout.cards.get(id);
    if (!card) continue;
    x1 = Math.min(x1, card.x);
    y1 = Math.min(y1, card.y);
    x2 = Math.max(x2, card.x + card.width);
    y2 = Math.max(y2, card.y + card.height);
  }
  for (const drop of layout.drops) if ([...cards].includes(drop.card)) y2 = Math.max(y2, drop.y2 + 10);
  return Number.isFinite(x1) ? { x: x1 - 8, y: y1 - 26, width: x2 - x1 + 16, height: y2 - y1 + 34 } : null;
};

export const RailsView = (props: RailsViewProps) => {
  const { doc, viewKey, cluster, theme, select, finding, found, changed, reserved, onSelect, onToggle } = props;
  const root = useRef<HTMLDivElement>(null);
  const graph = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const labels = useRef<HTMLDivElement>(null);
  const [controller, setController] = useState<RailsController | null>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [moved, setMoved] = useState<Moved>(() => loadMoved(cluster));
  const [focused, setFocused] = useState<string | null>(null);
  const [tip, setTip] = useState<TipAt | null>(null);
  const summary = useId();
  const palette = paletteOf(theme);
  const width = useTierWidth(doc, viewKey, { width: size.width + reserved, height: size.height });
  const layout = useMemo(() => layoutRails(doc, { width: width || 1200, moved }), [doc, width, moved]);
  const rails = useMemo(() => new Map(doc.rails.map((rail) => [rail.id, rail])), [doc.rails]);

  const selectedCard = useMemo(() => {
    if (!select) return null;
    if (layout.cards.has(select)) return select;
    const hash = select.lastIndexOf('#');
    return cardsOfWorkloads(doc).get(hash > 0 ? select.slice(0, hash) : select) ?? null;
  }, [doc, layout, select]);
  const lit = useMemo(() => {
    if (finding) return litElements(touchedByFinding(doc, finding), layout);
    if (found) return litElements({ cards: new Set(found), rails: new Set(), drops: new Set() }, layout);
    return select && !selectedCard ? litElements(touchedByNetwork(doc, select), layout) : null;
  }, [doc, layout, finding, found, select, selectedCard]);

  const tapped = useEffectEvent((target: Target | null) => {
    root.current?.focus({ preventScroll: true });
    if (!target) return onSelect(null);
    if (target.kind === 'card') {
      setFocused(target.of);
      return onSelect(doc.cards.find((card) => card.id === target.of)?.workload ?? target.of);
    }
    if (target.kind === 'rail') return onSelect(rails.get(target.of)?.network ?? target.of);
    const drop = doc.drops.find((one) => one.id === target.of);
    const card = drop && doc.cards.find((one) => one.id === drop.card);
    if (card) onSelect(card.workload ? `${card.workload}#${card.ports[drop.port]?.key ?? 0}` : card.id);
  });
  const opened = useEffectEvent((target: Target) => {
    const card = doc.cards.find((one) => one.id === target.of);
    if (target.kind === 'card' && card?.expandable) onToggle(card.id);
  });
  const dragged = useEffectEvent((target: Target, centre: { x: number; y: number }, done: boolean) => {
    const next = new Map(moved);
    const key = target.element.slice(target.kind.length + 1);
    const before = moved.get(key) ?? { dx: 0, dy: 0 };
    const placed = target.kind === 'card' ? layout.cards.get(target.of) : undefined;
    const rail = target.kind === 'rail' ? layout.rails.find((one) => one.key === key) : undefined;
    if (placed) next.set(key, { dx: before.dx + centre.x - placed.x - placed.width / 2, dy: before.dy + centre.y - placed.y - placed.height / 2 });
    else if (rail) next.set(key, { dx: 0, dy: before.dy + centre.y - rail.y });
    setMoved(next);
    if (done) saveMoved(cluster, next);
  });

  useLayoutEffect(() => {
    if (!graph.current || !canvas.current || !labels.current) return;
    const made = new RailsController({ graph: graph.current, canvas: canvas.current, labels: labels.current }, paletteOf(theme), {
      tap: (target) => tapped(target),
      open: (target) => opened(target),
      hover: (target, at) => setTip(target ? { target, at } : null),
      moved: (target, centre, done) => dragged(target, centre, done),
    });
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return;
      made.resize();
      setSize({ width: Math.round(entry.contentRect.width), height: Math.round(entry.contentRect.height) });
    });
    observer.observe(graph.current);
    setController(made);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, []);

  useLayoutEffect(() => controller?.setScene(doc, layout, palette), [controller, doc, layout, palette]);
  useLayoutEffect(() => {
    controller?.setMarks({ lit, selected: new Set(selectedCard ? [selectedCard] : []), focused });
  }, [controller, lit, selectedCard, focused]);
  useEffect(() => controller?.glow([...changed].filter((id) => doc.cards.some((card) => card.id === id))), [controller, changed]);
  useEffect(() => (controller ? exposeGraph(controller, doc, layout) : undefined), [controller, doc, layout]);

  const fitted = useRef('');
  useLayoutEffect(() => {
    if (!controller || size.width === 0 || fitted.current === `${viewKey}|${width}`) return;
    fitted.current = `${viewKey}|${width}`;
    controller.fit(false);
  }, [controller, size, viewKey, width]);

  const aim = finding?.id ?? select;
  const reveal = useEffectEvent(() => {
    const cards = finding ? touchedByFinding(doc, finding).cards : selectedCard ? [selectedCard] : [];
    const box = boundsOf(layout, cards);
    if (box && controller) controller.reveal(box, true);
  });
  useEffect(() => {
    if (aim && size.width > 0) reveal();
  }, [aim, size.width, controller]);

  const keyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step) {
      const next = walk(layout, focused ?? selectedCard, step);
      setFocused(next);
      const box = next && boundsOf(layout, [next]);
      if (box) controller?.reveal({ ...box, height: Math.min(box.height, 100) }, false);
    } else if (event.key === 'Enter' && focused) {
      const card = doc.cards.find((one) => one.id === focused);
      if (card) onSelect(card.workload ?? card.id);
    } else if (event.key === ' ' && focused) onToggle(focused);
    else if (event.key === '+' || event.key === '=') controller?.zoomBy(1.25);
    else if (event.key === '-') controller?.zoomBy(0.8);
    else if (event.key === '0') controller?.fit(true);
    else return;
    event.preventDefault();
  };

  const spoken = focused ? doc.cards.find((card) => card.id === focused) : undefined;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: an application region takes the arrow keys
    <div ref={root} className={classes['root']} role="application" aria-label="Network rails" aria-describedby={summary} tabIndex={0} data-testid="graph" onKeyDown={keyDown} onBlur={() => setFocused(null)}>
      <div ref={graph} className={classes['graph']} />
      <canvas ref={canvas} className={classes['canvas']} aria-hidden="true" />
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
        moved={moved.size}
        onReset={() => {
          setMoved(new Map());
          saveMoved(cluster, new Map());
        }}
      />
    </div>
  );
};

export { cardElementId };
