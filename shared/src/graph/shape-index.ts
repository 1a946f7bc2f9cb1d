import type { Applied, Engine } from '../engine/engine-api.ts';
import type { AttachmentState } from '../model/topology.ts';
import type { View } from '../view/view.ts';
import type { GraphTotals } from './lens-doc.ts';
import { addMember, removeMember, type Shape, shapeOf } from './shape.ts';
import { createIsShown } from './shown.ts';
import { createSteps, eachInSteps } from './steps.ts';

export type Counted = Pick<
  GraphTotals,
  'workloads' | 'shownWorkloads' | 'networks' | 'attachments' | 'states' | 'brokenWorkloads'
>;

/** Told that a workload came to a shape (1) or left it (-1); the shape has it already, or no longer. */
export type ShapeListener = (shape: Shape, by: 1 | -1, id: string) => void;

/**
 * The workloads that pass a filter, by shape: what all views share that differ only in what is open. A changed workload is looked at
 * again, the others are not.
 */
export type ShapeIndex = {
  /** In no order. One that loses its last workload is gone; the same look is another shape when it comes back. */
  shapes: () => Iterable<Shape>;
  shapeOf: (workload: string) => Shape | undefined;
  counts: () => Counted;
  /** Notes what one `apply` changed, once, however many views tell of it. */
  update: (applied: Applied) => void;
  /** Does a little of what is to be done; true when nothing is left. */
  step: () => boolean;
  /** The returned function ends it. */
  listen: (listener: ShapeListener) => () => void;
};

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function createShapeIndex(engine: Engine, view: View): ShapeIndex {
  const isShown = createIsShown(engine, view);
  const shapes = new Map<string, Shape>();
  const shapeBy = new Map<string, Shape>();
  const states = new Map<AttachmentState, number>();
  const listeners = new Set<ShapeListener>();
  const changed = new Set<string>();
  const told = new WeakSet<Applied>();
  let attachments = 0;
  let broken = 0;
  let isGathered = false;

  const count = (shape: Shape, by: 1 | -1, id: string) => {
    for (const state of shape.states) {
      const left = (states.get(state) ?? 0) + by;
      if (left > 0) states.set(state, left);
      else states.delete(state);
    }
    attachments += by * shape.states.length;
    if (shape.broken) broken += by;
    for (const listener of listeners) listener(shape, by, id);
  };
  const find = (key: string, make: () => Shape): Shape => {
    let shape = shapes.get(key);
    if (!shape) {
      shape = make();
      shapes.set(key, shape);
    }
    return shape;
  };
  const place = (id: string) => {
    const old = shapeBy.get(id);
    const workload = engine.workload(id);
    const shape = workload && isShown(id) ? shapeOf(engine, workload, view, find) : undefined;
    if (shape === old) return;
    if (old) {
      shapeBy.delete(id);
      removeMember(old, id);
      count(old, -1, id);
      if (old.members.length === 0) shapes.delete(old.key);
    }
    if (shape) {
      shapeBy.set(id, shape);
      addMember(shape, id, !isGathered);
      count(shape, 1, id);
    }
  };

  const steps = createSteps(function* () {
    // What changes meanwhile is told by `update`, and looked at again.
    if (!isGathered) yield* eachInSteps(engine.workloads(), ({ id }) => place(id));
    isGathered = true;
    yield* eachInSteps(changed, (id) => {
      changed.delete(id);
      place(id);
    });
  });

  return {
    shapes: () => shapes.values(),
    shapeOf: (workload) => shapeBy.get(workload),
    counts: () => ({
      workloads: engine.counts().workloads,
      shownWorkloads: shapeBy.size,
      networks: engine.counts().networks,
      attachments,
      states: Object.fromEntries([...states].sort(([a], [b]) => byText(a, b))),
      brokenWorkloads: broken,
    }),
    update: (applied) => {
      if (told.has(applied)) return;
      told.add(applied);
      for (const id of applied.workloads) changed.add(id);
      steps.wake();
    },
    step: steps.step,
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Hands out the index of a view; whoever no longer needs it calls `close`. */
export type ShapeIndexes = { open: (view: View) => { index: ShapeIndex; close: () => void } };

/** One index for all views of an engine that show the same workloads by the same bands, as long as one of them is open. */
export function createShapeIndexes(engine: Engine): ShapeIndexes {
  const known = new Map<string, { index: ShapeIndex; users: number }>();
  return {
    open: (view) => {
      const { by, namespaces, states, hide, defaultNetwork } = view;
      const key = JSON.stringify([by, namespaces, states, hide, defaultNetwork]);
      const entry = known.get(key) ?? { index: createShapeIndex(engine, view), users: 0 };
      known.set(key, entry);
      entry.users += 1;
      let isOpen = true;
      return {
        index: entry.index,
        close: () => {
          if (!isOpen) return;
          isOpen = false;
          entry.users -= 1;
          if (entry.users === 0) known.delete(key);
        },
      };
    },
  };
}
