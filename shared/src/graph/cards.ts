import type { Workload } from '../model/topology.ts';
import type { Band, Card, Port } from './graph-doc.ts';
import type { Health } from './lens-doc.ts';
import { type Group, type GroupLevel, networksOf, ownerOf, sumOf } from './levels.ts';
import { ghostName } from './member.ts';
import { addPorts, emptySum, mergedPorts, type PortSum, type RailFor } from './port-sum.ts';
import { membersOf, type Shape } from './shape.ts';
import { thousands } from './thousands.ts';

/** What cards are made with. */
export type Maker = {
  railFor: RailFor;
  workload: (id: string) => Workload | undefined;
  networkName: (id: string) => string | undefined;
};

/** More ports than this are merged, also those of a single pod. */
export const mostPorts = 16;
const memberNames = 20;

/** Where workloads of many bands stand together. */
export const networksBand: Band = { id: 'networks:', label: 'all pods, by their networks' };

function portsOf(shape: Shape, limit: number, count: number, railFor: RailFor): readonly Port[] {
  if (shape.ports.length <= limit)
    return shape.ports.map((port) => (port.rail === null ? port : { ...port, rail: railFor(port.rail) }));
  const sum = emptySum();
  addPorts(sum, shape.ports, count);
  return mergedPorts(sum, limit, railFor);
}

function namesOf(ids: readonly string[], namespace: string, maker: Maker): string[] {
  return ids.slice(0, memberNames).flatMap((id) => {
    const workload = maker.workload(id);
    return workload ? [namespace ? workload.name : `${workload.namespace}/${workload.name}`] : [];
  });
}

type Options = { limit: number; within: string | undefined };

/** A pod by itself, because the group that it belongs to is open. */
export function cardOfPod(shape: Shape, id: string, { limit, within }: Options, maker: Maker): Card {
  const workload = maker.workload(id);
  return {
    id: `card:${id}`,
    band: shape.band,
    kind: shape.kind,
    name: workload?.name ?? id,
    namespace: workload?.namespace ?? shape.namespace,
    count: 1,
    workload: id,
    members: [workload?.name ?? id],
    health: shape.health,
    status: shape.status,
    ports: [...portsOf(shape, limit, 1, maker.railFor)],
    expandable: false,
    ...(within === undefined ? {} : { group: within, expanded: true, within }),
  };
}

export function cardOfShape(shape: Shape, id: string, { limit, within }: Options, maker: Maker): Card {
  const members = membersOf(shape);
  const single = members.length === 1;
  const [first = ''] = members;
  return {
    id,
    band: shape.band,
    kind: single ? shape.kind : 'group',
    name: shape.name,
    namespace: single ? (maker.workload(first)?.namespace ?? shape.namespace) : shape.namespace,
    count: members.length,
    ...(single ? { workload: first } : {}),
    members: namesOf(members, shape.namespace, maker),
    health: shape.health,
    status: shape.status,
    ports: [...portsOf(shape, limit, members.length, maker.railFor)],
    expandable: !single && shape.group !== undefined,
    ...(shape.group && !single ? { group: shape.group } : {}),
    ...(within === undefined ? {} : { within }),
  };
}

const words: Readonly<Record<Health, string>> = {
  ok: 'running',
  pending: 'pending',
  warning: 'warnings',
  failing: 'failing',
  ended: 'ended',
  unknown: 'unknown',
};

const railName = (rail: string, maker: Maker): string =>
  maker.networkName(rail) ?? (rail.startsWith('ghost:') ? (ghostName(rail).name ?? 'unreadable request') : rail);

function faceOf(level: GroupLevel, shape: Shape, maker: Maker) {
  switch (level) {
    case 'owner':
      return {
        band: shape.band,
        name: shape.group === undefined ? 'no owner' : shape.name,
        namespace: shape.group === undefined && shape.band.startsWith('node:') ? '' : shape.namespace,
        group: ownerOf(shape),
      };
    case 'band':
      return {
        band: shape.band,
        name: shape.bandLabel,
        namespace: shape.band.startsWith('node:') ? '' : shape.namespace,
        group: shape.band,
      };
    case 'networks': {
      const { id, rails } = networksOf(shape);
      const names = rails.map((rail) => railName(rail, maker)).join(' + ');
      const name = [shape.cause, names].filter(Boolean).join(' · ') || 'no networks';
      return { band: networksBand.id, name, namespace: '', group: id };
    }
    default:
      return level satisfies never;
  }
}

/** A group as one card; one whose workloads are all alike looks as they do. */
export function cardOfGroup(level: GroupLevel, group: Group, id: string, options: Options, maker: Maker): Card {
  const [shape] = group.shapes;
  if (!shape) throw new Error('a group without workloads is not drawn');
  const face = faceOf(level, shape, maker);
  const alike = group.shapes.size === 1 && level !== 'networks';
  if (alike && group.count === 1) return { ...cardOfShape(shape, id, options, maker), band: face.band };
  const { group: opens, ...named } = face;
  const few = group.count <= memberNames ? [...group.shapes].flatMap((each) => each.members).sort() : [];
  return {
    id,
    ...named,
    kind: 'group',
    count: group.count,
    members: namesOf(few, face.namespace, maker),
    health: group.health,
    status: alike ? shape.status : words[group.health],
    ports: alike
      ? [...portsOf(shape, options.limit, group.count, maker.railFor)]
      : mergedPorts(sumOf(group), options.limit, maker.railFor),
    expandable: true,
    group: opens,
    ...(options.within === undefined ? {} : { within: options.within }),
  };
}

export type Rest = { id: string; band: Band; health: Health; groups: number; count: number; sum: PortSum };

/** What is left of a group's pods, or of all groups, when as many are drawn as there is room for. */
export function cardOfRest(rest: Rest, noun: string, { limit, within }: Options, maker: Maker): Card {
  return {
    id: rest.id,
    band: rest.band.id,
    kind: 'group',
    name: `and ${thousands(rest.groups)} more ${noun}${rest.groups === 1 ? '' : 's'}`,
    namespace: '',
    count: rest.count,
    members: [],
    health: rest.health,
    status: words[rest.health],
    ports: mergedPorts(rest.sum, limit, maker.railFor),
    expandable: false,
    ...(within === undefined ? {} : { within }),
  };
}
