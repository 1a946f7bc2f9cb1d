import type { Palette } from '@busbar/shared/graph/layout/palette';
import { type RefObject, useEffectEvent, useLayoutEffect, useState } from 'react';
import { RailsController } from './controller.ts';
import type { GraphEvents } from './cytoscape-graph.ts';

type Refs = {
  graph: RefObject<HTMLDivElement | null>;
  canvas: RefObject<HTMLCanvasElement | null>;
  labels: RefObject<HTMLDivElement | null>;
};

/** One controller for as long as the picture is on the page, and the size of what it draws on. */
export const useController = (refs: Refs, palette: Palette, events: Omit<GraphEvents, 'viewport'>) => {
  const [controller, setController] = useState<RailsController | null>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const tap = useEffectEvent(events.tap);
  const open = useEffectEvent(events.open);
  const hover = useEffectEvent(events.hover);
  const moved = useEffectEvent(events.moved);
  const make = useEffectEvent((graph: HTMLElement, canvas: HTMLCanvasElement, labels: HTMLElement) => {
    const made = new RailsController({ graph, canvas, labels }, palette, {
      tap: (target) => tap(target),
      open: (target) => open(target),
      hover: (target, at) => hover(target, at),
      moved: (target, centre, done) => moved(target, centre, done),
    });
    setController(made);
    return made;
  });
  useLayoutEffect(() => {
    const { graph, canvas, labels } = {
      graph: refs.graph.current,
      canvas: refs.canvas.current,
      labels: refs.labels.current,
    };
    if (!graph || !canvas || !labels) return;
    const made = make(graph, canvas, labels);
    const measure = () => {
      if (!made.resize()) return;
      setSize({ width: graph.clientWidth, height: graph.clientHeight });
    };
    // At once, and not only when the observer first tells: the picture would be laid out and drawn twice.
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(graph);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [refs.graph, refs.canvas, refs.labels]);
  return { controller, size };
};
