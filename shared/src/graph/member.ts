import type { Engine, Plug } from '../engine/engine-api.ts';
import type { AttachmentState, Workload } from '../model/topology.ts';
import type { View } from '../view/view.ts';
import type { Port } from './graph-doc.ts';
import type { Health } from './lens-doc.ts';
import { shownPlugs } from './shown.ts';

/** One workload as a card's member: what it shows, and the keys of the groups that it falls into, finest first. */
export type Member = {
  id: string;
  name: string;
  namespace: string;
  kind: 'pod' | 'vm';
  band: string;
  bandLabel: string;
  /** What opens the group, absent where there is none. */
  group?: string;
  groupName: string;
  /** Card ids: one by one, by owner and signature, by band and signature. */
  keys: readonly [string, string, string];
  ports: Port[];
  states: AttachmentState[];
  health: Health;
  status: string;
  broken: boolean;
};

/** Rail of an attachment: its network, or the ghost of what was asked for. */
export function railOf(attachment: Plug): string | null {
  if (attachment.network) return attachment.network;
  if (attachment.requested) return `ghost:${attachment.requested.network || '?'}`;
  return attachment.interface ? `ghost:${attachment.interface.name ?? '?'}` : null;
}

/** What a ghost rail is called, as it was asked for; no name where the request cannot be read. */
export function ghostName(rail: string): { name?: string; namespace?: string } {
  const asked = rail.slice('ghost:'.length);
  if (asked === '?') return {};
  const slash = asked.indexOf('/');
  if (slash < 0) return { name: asked };
  return { name: asked.slice(slash + 1) || '(empty name)', ...(slash > 0 ? { namespace: asked.slice(0, slash) } : {}) };
}

/** As reported, else as asked for, else as Multus would name it. */
export const interfaceName = ({ interface: plugged, requested, slot }: Plug): string =>
  plugged?.name ?? requested?.interface ?? (slot === 0 ? 'eth0' : `net${slot}`);

export function buildMember(engine: Engine, workload: Workload, view: View): Member {
  const attachments = engine.plugsOf(workload.id);
  const shown = shownPlugs(attachments, view);
  const ports = shown.map(
    (item): Port => ({
      key: String(item.slot),
      interface: interfaceName(item),
      state: item.state,
      rail: railOf(item),
    }),
  );
  const broken = engine.findingsOf(workload.id).some((finding) => finding.severity === 'error');
  const health = healthOf(workload, attachments, broken);
  const [band, bandLabel] = bandOf(workload, view);
  const owner = workload.owner;
  // A pod of its own, or a host-network pod without any plug, has no owner's card to share.
  const plugless = attachments.length === 0;
  const group = plugless
    ? `host:${band}`
    : owner
      ? `owner:${workload.namespace}/${owner.kind}/${owner.name}`
      : undefined;
  const signature = hashOf(
    `${health}|${ports.map((port) => `${port.interface}>${port.rail ?? ''}:${port.state}`).join('|')}`,
  );
  const shape = hashOf(
    `${health}|${ports
      .map((port) => `${port.rail ?? ''}:${port.state}`)
      .sort()
      .join('|')}`,
  );
  const single = `card:${workload.id}`;
  return {
    id: workload.id,
    name: workload.name,
    namespace: workload.namespace,
    kind: workload.kind === 'Pod' ? 'pod' : 'vm',
    band,
    bandLabel,
    ...(group ? { group } : {}),
    groupName: plugless ? 'host network' : (owner?.name ?? workload.name),
    keys: [single, group ? `card:${group}@${band}~${signature}` : single, `card:${band}~${shape}`],
    ports,
    states: attachments.map((item) => item.state),
    health,
    status: statusOf(workload, attachments, health),
    broken,
  };
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

/** FNV-1a, enough to tell signatures apart within one owner; shown nowhere. */
export function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  let second = 0x1234567;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
    second = Math.imul(second ^ text.charCodeAt(index), 0x85ebca6b) >>> 0;
  }
  return hash.toString(36) + second.toString(36);
}
