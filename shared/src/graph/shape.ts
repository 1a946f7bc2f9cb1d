import type { Engine, Plug } from '../engine/engine-api.ts';
import type { AttachmentState, Workload } from '../model/topology.ts';
import type { View } from '../view/view.ts';
import type { Port } from './graph-doc.ts';
import type { Health } from './lens-doc.ts';
import { hashOf, interfaceName, railOf } from './member.ts';
import { shownPlugs } from './shown.ts';
import { addSorted, removeSorted } from './sorted.ts';

/** Workloads that look alike: of one owner and band, with the same ports, states and health. The finest group there is. */
export type Shape = {
  key: string;
  /** Id of its card. */
  card: string;
  band: string;
  bandLabel: string;
  /** What opens all pods of the owner; absent for a pod of its own. */
  group?: string;
  name: string;
  /** Empty where its workloads are of several. */
  namespace: string;
  kind: 'pod' | 'vm';
  health: Health;
  status: string;
  /** Code of the finding that explains a failure. */
  cause?: string;
  broken: boolean;
  ports: readonly Port[];
  /** Of all attachments, also of those that the view does not draw. */
  states: readonly AttachmentState[];
  /** Ids of the workloads: in order, unless they are still being gathered. */
  members: string[];
  sorted: boolean;
};

export function addMember(shape: Shape, id: string, gathering: boolean): void {
  if (gathering || !shape.sorted) {
    shape.members.push(id);
    shape.sorted = false;
  } else addSorted(shape.members, id);
}

export const removeMember = (shape: Shape, id: string): void => removeSorted(membersOf(shape), id);

/** In order. */
export function membersOf(shape: Shape): string[] {
  if (!shape.sorted) shape.members.sort();
  shape.sorted = true;
  return shape.members;
}

const causeOf = (engine: Engine, id: string): { broken: boolean; cause?: string } => {
  const errors = engine.findingsOf(id).filter((finding) => finding.severity === 'error');
  const roots = errors.filter((finding) => finding.follows === undefined);
  // By code: the order of findings depends on other pods.
  const [cause] = (roots.length > 0 ? roots : errors).map((finding) => finding.code).sort();
  return cause === undefined ? { broken: false } : { broken: true, cause };
};

const portText = (plug: Plug): string => `${plug.slot} ${interfaceName(plug)}>${railOf(plug) ?? ''}:${plug.state}`;

/** The shape of a workload: a known one where there is one. `find` is asked by key. */
export function shapeOf(
  engine: Engine,
  workload: Workload,
  view: View,
  find: (key: string, make: () => Shape) => Shape,
): Shape {
  const plugs = engine.plugsOf(workload.id);
  const shown = shownPlugs(plugs, view);
  const { broken, cause } = causeOf(engine, workload.id);
  const health = healthOf(workload, plugs, broken);
  const status = statusOf(workload, plugs, health);
  const [band, bandLabel] = bandOf(workload, view);
  const { owner } = workload;
  // A pod of its own, or a host-network pod without any plug, has no owner's card to share.
  const plugless = plugs.length === 0;
  const group = plugless
    ? `host:${band}`
    : owner
      ? `owner:${workload.namespace}/${owner.kind}/${owner.name}`
      : undefined;
  const hidden = shown.length === plugs.length ? '' : plugs.map((plug) => plug.state).join();
  const look = `${workload.kind}|${health}|${status}|${cause ?? ''}|${hidden}|${shown.map(portText).join('|')}`;
  const key = `${group ?? workload.id}@${band}|${look}`;
  return find(key, () => ({
    key,
    card: group ? `card:${group}@${band}~${hashOf(look)}` : `card:${workload.id}`,
    band,
    bandLabel,
    ...(group ? { group } : {}),
    name: plugless ? 'host network' : (owner?.name ?? workload.name),
    namespace: plugless && view.by === 'node' ? '' : workload.namespace,
    kind: workload.kind === 'Pod' ? 'pod' : 'vm',
    health,
    status,
    ...(cause === undefined ? {} : { cause }),
    broken,
    ports: shown.map((plug) => ({
      key: String(plug.slot),
      interface: interfaceName(plug),
      state: plug.state,
      rail: railOf(plug),
    })),
    states: plugs.map((plug) => plug.state),
    members: [],
    sorted: true,
  }));
}

function bandOf(workload: Workload, view: View): [string, string] {
  if (view.by === 'node') return workload.node ? [`node:${workload.node}`, workload.node] : ['node:', 'not scheduled'];
  if (view.by === 'owner') {
    const owner = workload.owner ? `${workload.owner.kind}/${workload.owner.name}` : 'no owner';
    return [`owner:${workload.namespace}/${owner}`, owner];
  }
  return [`ns:${workload.namespace}`, workload.namespace];
}

function healthOf(workload: Workload, attachments: readonly Plug[], broken: boolean): Health {
  const has = (...states: AttachmentState[]) => attachments.some((item) => states.includes(item.state));
  if (has('failed', 'blocked') || broken) return 'failing';
  if (has('mismatch', 'missing', 'ignored')) return 'warning';
  if (workload.phase === 'Terminating' || workload.phase === 'Succeeded' || workload.phase === 'Failed') return 'ended';
  if (has('unknown')) return 'unknown';
  if (has('pending')) return 'pending';
  return 'ok';
}

function statusOf(workload: Workload, attachments: readonly Plug[], health: Health): string {
  const asked = attachments.filter((item) => item.slot > 0 && item.requested);
  if (health === 'failing' && asked.length > 0) {
    return `${asked.filter((item) => item.state === 'attached').length} of ${asked.length}`;
  }
  if (health === 'pending') return workload.node ? 'creating' : 'not scheduled';
  if (health === 'ended') return workload.phase === 'Succeeded' ? 'completed' : workload.phase.toLowerCase();
  return workload.phase.toLowerCase();
}
