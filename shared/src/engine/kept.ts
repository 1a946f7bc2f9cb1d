import { aliasKey } from '../model/ids.ts';
import type { Attachment, AttachmentState, Workload } from '../model/topology.ts';
import type { AttachmentFacts, WorkloadFacts } from '../rules/rule.ts';
import type { Plug } from './engine-api.ts';
import { isEqual } from './equal.ts';
import type { Judged } from './findings.ts';
import { addressesByLine, HeldInterface, heldText, linesWith } from './held.ts';

/**
 * `base`: the state before the rules, where they changed it. `key`: see `memberKey`, where there is no network. `hearsay`: a file of the
 * node alone tells of it, beside a complete report that does not; it may be left over, and holds no address.
 */
export type KeptPlug = Plug & { base?: AttachmentState; key?: string; hearsay?: true };

/** A plug without its addresses: pods of one workload have it in common. */
export type PlugShape = Omit<KeptPlug, 'interface'> & { interface: { name?: string } | null };

/**
 * What stays of a workload when its facts have been put away: they are made again from its claims when somebody asks. `held`: the
 * addresses, see `heldText`.
 */
export type Kept = {
  workload: Workload;
  /** Its own as long as it is kept; then another one's. */
  number: number;
  /** Phase Succeeded or Failed. */
  finished: boolean;
  /** A complete report of its interfaces exists. */
  reported: boolean;
  shapes: readonly PlugShape[];
  held: string;
  judged: readonly Judged[];
};

const plugAt = ({ shapes, held }: Kept, at: number): KeptPlug[] => {
  const shape = shapes[at];
  return shape ? [{ ...shape, interface: shape.interface && new HeldInterface(shape.interface, held, at) }] : [];
};

export const plugsIn = (kept: Kept): KeptPlug[] => kept.shapes.flatMap((_, at) => plugAt(kept, at));

export const baseOf = ({ base, state }: Pick<KeptPlug, 'base' | 'state'>): AttachmentState => base ?? state;

/** Network id, else the alias that nothing answers: what members of a network are gathered by. */
export const memberKey = ({ network, key }: Pick<KeptPlug, 'network' | 'key'>): string | null => network ?? key ?? null;

/** A pod that has ended holds nothing. */
const isHolding = (shape: PlugShape): boolean => {
  const state = baseOf(shape);
  return state !== 'ended' && state !== 'pending' && !shape.hearsay && shape.interface !== null;
};

/** Canonical addresses and MACs that a workload really holds. */
export const addressesIn = ({ shapes, held }: Kept): string[] =>
  addressesByLine(held).flatMap((addresses, at) => {
    const shape = shapes[at];
    return shape && isHolding(shape) ? addresses : [];
  });

/** Whether a workload really holds an address or MAC. */
export const holds = ({ shapes, held }: Kept, address: string): boolean =>
  linesWith(held, address).some((line) => {
    const shape = shapes[line];
    return shape !== undefined && isHolding(shape);
  });

/** The plugs of a workload that really hold an address or MAC. */
export const plugsWith = (kept: Kept, address: string): KeptPlug[] =>
  linesWith(kept.held, address)
    .flatMap((line) => plugAt(kept, line))
    .filter(isHolding);

const noneJudged: readonly Judged[] = [];
const noShapes: readonly PlugShape[] = [];

const poolLimit = 20_000;

/** Values by a text that tells them apart, one for all who ask; bounded. */
function createPool<T>() {
  const known = new Map<string, T>();
  return (text: string, make: () => T): T => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= poolLimit) known.clear();
    const made = make();
    known.set(text, made);
    return made;
  };
}

const shapeOf = ({ attachment, request, workload }: AttachmentFacts): PlugShape => {
  const { slot, provider, network, state, reason, requested, interface: seen, observed } = attachment;
  const shape: PlugShape = { slot, provider, network, state, requested: null, interface: null };
  if (reason) shape.reason = reason;
  if (requested) {
    const { network: name, interface: asked, ips } = requested;
    shape.requested = { network: name, ...(asked ? { interface: asked } : {}), ...(ips ? { ips } : {}) };
  }
  if (seen) shape.interface = seen.name === undefined ? {} : { name: seen.name };
  if (network === null && request?.alias) shape.key = aliasKey(request.alias);
  if (workload.reported && observed.length > 0 && observed.every((one) => one.provider === 'node-answers'))
    shape.hearsay = true;
  return shape;
};

/** Makes what is kept of workloads, and holds once what they have in common. */
export function createKeeper() {
  const shapes = createPool<{ shape: PlugShape; number: number }>();
  const lists = createPool<readonly PlugShape[]>();
  let numbers = 0;

  const shareAll = (own: readonly PlugShape[]): readonly PlugShape[] => {
    if (own.length === 0) return noShapes;
    const shared = own.map((shape) =>
      shapes(JSON.stringify(shape), () => {
        numbers += 1;
        return { shape, number: numbers };
      }),
    );
    return lists(shared.map(({ number }) => number).join(' '), () => shared.map(({ shape }) => shape));
  };

  return {
    /** Of facts whose attachments are still as they were assembled. */
    keep: (facts: WorkloadFacts, number: number): Kept => ({
      workload: facts.workload,
      number,
      finished: facts.pod.finished,
      reported: facts.reported,
      shapes: shareAll(facts.attachments.map(shapeOf)),
      held: heldText(facts.attachments.map(({ attachment }) => attachment.interface)),
      judged: noneJudged,
    }),
    /** The same once the rules have settled the states. */
    withVerdict: (kept: Kept, attachments: readonly Attachment[], judged: readonly Judged[]): Kept => {
      const after = { ...kept, judged: judged.length === 0 ? noneJudged : judged };
      const isSettled = ({ state, reason }: PlugShape, at: number) =>
        state === attachments[at]?.state && reason === attachments[at]?.reason;
      if (kept.shapes.every(isSettled)) return after;
      after.shapes = shareAll(
        kept.shapes.map((shape, at): PlugShape => {
          const { state, reason } = attachments[at] ?? shape;
          if (state === shape.state && reason === shape.reason) return shape;
          const before = baseOf(shape);
          const { base: _, reason: __, ...rest } = shape;
          return { ...rest, state, ...(reason ? { reason } : {}), ...(state === before ? {} : { base: before }) };
        }),
      );
      return after;
    },
  };
}

/** Whether two of one workload show the same. */
export const looksSame = (a: Kept, b: Kept): boolean =>
  a.held === b.held && isEqual(a.shapes, b.shapes) && isEqual(a.judged, b.judged);

/** What others find a workload by: not the verdict, nor what was asked for. */
const foundBy = ({ slot, network, key, hearsay, interface: seen, ...shape }: PlugShape) => ({
  slot,
  network,
  key,
  hearsay,
  seen,
  base: baseOf(shape),
});

/** Whether others find two of one workload in the same places. */
export const isFoundSame = (a: Kept, b: Kept): boolean =>
  a.held === b.held &&
  a.reported === b.reported &&
  a.workload.kind === b.workload.kind &&
  a.workload.node === b.workload.node &&
  (a.shapes === b.shapes || isEqual(a.shapes.map(foundBy), b.shapes.map(foundBy)));

/** The whole attachments of facts, in the states that the rules left them in. */
export const attachmentsIn = (facts: WorkloadFacts, kept: Kept): Attachment[] =>
  facts.attachments.map(({ attachment }, at) => {
    const shape = kept.shapes[at];
    if (!shape || (shape.state === attachment.state && shape.reason === undefined)) return attachment;
    const { state, reason } = shape;
    return reason ? { ...attachment, state, reason } : { ...attachment, state };
  });
