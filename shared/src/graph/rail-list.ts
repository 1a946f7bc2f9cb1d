import type { Applied, Engine } from '../engine/engine-api.ts';
import { isEqual } from '../engine/equal.ts';
import type { AttachmentState } from '../model/topology.ts';
import type { View } from '../view/view.ts';
import type { Rail } from './graph-doc.ts';
import { moreGhosts, moreRail } from './port-sum.ts';
import { type RailUses, type Use, worstOf } from './rail-uses.ts';
import type { DrawnCards } from './surface.ts';
import { thousands } from './thousands.ts';
import { hueOf, hues, toRail } from './to-rail.ts';

export type RailList = {
  /** Takes in what is to be looked at again. */
  update: (applied: Applied) => void;
  /** Every network that has a line or, where the view asks for them, nothing; in order. */
  rails: () => Rail[];
};

/** Networks that nothing uses are drawn up to this many. */
const mostIdle = 60;
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type Placed = { rail: Rail; place: readonly [number, string, string, string] };
type Drawing = { count: number; worst: AttachmentState };
/** What is known of a network, whoever uses it. */
type Known = Omit<Rail, 'count' | 'worst'>;
const nobody: Drawing = { count: 0, worst: 'attached' };

/** The rails of a picture. One is made again when its lines, its use or what is known of its network changes. */
export function createRailList(engine: Engine, view: View, uses: RailUses, drawn: DrawnCards): RailList {
  const placed = new Map<string, Placed>();
  const known = new Map<string, Known>();
  /** Rails by the findings that their severity comes from. */
  const told = new Map<string, Set<string>>();
  const dirty = new Set<string>();
  let list: Rail[] | null = null;
  let idleIsStale = view.idle;

  const look = (id: string): Known => {
    for (const finding of engine.findingsOf(id)) told.set(finding.id, (told.get(finding.id) ?? new Set()).add(id));
    return toRail(engine, id, nobody);
  };
  const placeOf = (id: string, { networks, role, namespace, name }: Known, use: Use | undefined): Placed['place'] => {
    if (networks !== undefined) return [2, '', '', id];
    let first = '';
    for (const band of use?.bands.keys() ?? []) if (first === '' || band < first) first = band;
    return [role === 'cluster-default' ? 0 : 1, namespace ?? first.slice(3), name, id];
  };
  const place = (id: string, about: Known, { count, worst }: Drawing, use?: Use) => {
    const old = placed.get(id);
    const isKnown = old !== undefined && known.get(id) === about;
    if (isKnown && old.rail.count === count && old.rail.worst === worst && !use?.bands.size) return;
    const next = placeOf(id, about, use);
    const stays = old !== undefined && isEqual(old.place, next);
    const rail = { ...about, count, worst, hue: stays ? old.rail.hue : about.hue };
    known.set(id, about);
    if (stays && isEqual(old.rail, rail)) return;
    placed.set(id, { rail, place: next });
    list = stays && list ? list.map((each) => (each.id === id ? rail : each)) : null;
  };
  const remove = (id: string) => {
    known.delete(id);
    if (placed.delete(id)) list = null;
  };

  const lookAt = (id: string) => {
    const load = drawn.loads.get(id);
    const use = uses.uses.get(id);
    if (!load && !(view.idle && !use && idle.has(id))) return remove(id);
    if (load && (id === moreRail || id === moreGhosts)) return;
    const drawing = use ? { count: use.count, worst: worstOf(use) } : nobody;
    place(id, known.get(id) ?? look(id), drawing, use);
  };

  const idle = new Set<string>();
  const findIdle = () => {
    for (const id of idle) dirty.add(id);
    idle.clear();
    const ids = [...engine.networks()].map((network) => network.id).filter((id) => !uses.uses.has(id));
    for (const id of ids.sort().slice(0, mostIdle)) idle.add(id);
    for (const id of idle) dirty.add(id);
    idleIsStale = false;
    return ids.length;
  };

  let idleNetworks = 0;
  const lookAtShared = () => {
    const { ghosts } = uses;
    const networks = uses.uses.size - ghosts;
    let [ownNetworks, ownGhosts] = [0, 0];
    for (const [id, { rail }] of placed) {
      if (rail.networks !== undefined || !uses.uses.has(id)) continue;
      if (rail.ghost) ownGhosts += 1;
      else ownNetworks += 1;
    }
    // Missing networks may stand in what cards have beyond their first few lines.
    const missing = drawn.loads.has(moreGhosts) ? ghosts - ownGhosts : 0;
    share(moreGhosts, missing);
    share(moreRail, networks - ownNetworks + ghosts - ownGhosts - missing + Math.max(0, idleNetworks - idle.size));
  };
  const share = (id: string, networks: number) => {
    const load = drawn.loads.get(id);
    if (!load && !(id === moreRail && idleNetworks > idle.size)) return remove(id);
    const before = known.get(id);
    const drawing: Drawing = { count: load?.count ?? 0, worst: load?.worst ?? 'attached' };
    place(id, before?.networks === networks ? before : toShared(id, networks), drawing);
  };

  return {
    update: (applied) => {
      const changed = new Set(applied.networks);
      for (const id of applied.findings) {
        for (const rail of told.get(id) ?? []) changed.add(rail);
        told.delete(id);
        for (const subject of engine.finding(id)?.subjects ?? [])
          if (subject.type === 'network') changed.add(subject.id);
      }
      for (const id of changed) {
        known.delete(id);
        dirty.add(id);
      }
      if (view.idle && applied.networks.length > 0) idleIsStale = true;
    },
    rails: () => {
      const used = uses.takeTouched();
      for (const id of used) dirty.add(id);
      for (const id of drawn.takeTouched()) dirty.add(id);
      if (view.idle && (idleIsStale || used.size > 0)) idleNetworks = findIdle();
      for (const id of dirty) lookAt(id);
      if (dirty.size > 0) lookAtShared();
      dirty.clear();
      list ??= inOrder(placed);
      return list;
    },
  };
}

function inOrder(placed: Map<string, Placed>): Rail[] {
  const all = [...placed.values()].sort(({ place: a }, { place: b }) => {
    return a[0] - b[0] || byText(a[1], b[1]) || byText(a[2], b[2]) || byText(a[3], b[3]);
  });
  // A colour by the network's id, so that it keeps it; a neighbour of the same colour takes the next.
  let before = -1;
  return all.map((item) => {
    let hue = hueOf(item.rail.id);
    if (hue === before) hue = (hue + 1) % hues;
    before = hue;
    if (item.rail.hue !== hue) item.rail = { ...item.rail, hue };
    return item.rail;
  });
}

function toShared(id: string, networks: number): Known {
  const ghost = id === moreGhosts;
  return {
    id,
    network: null,
    name: `${networks > 0 ? `${thousands(networks)} ` : ''}more ${ghost ? 'missing ' : ''}network${networks === 1 ? '' : 's'}`,
    technology: '',
    detail: '',
    role: 'secondary',
    ghost,
    networks,
    hue: 0,
  };
}
