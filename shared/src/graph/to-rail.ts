import type { Engine } from '../engine/engine-api.ts';
import type { AttachmentState, Severity } from '../model/topology.ts';
import type { Rail } from './graph-doc.ts';
import { ghostName, hashOf } from './member.ts';

export const hues = 10;

/** A colour by the network's id, so that it keeps it, in every lens. */
export const hueOf = (id: string): number => Number.parseInt(hashOf(id).slice(0, 6), 36) % hues;

/** A network, or the ghost of one that was asked for, as it is named and described in the picture. */
export function toRail(engine: Engine, id: string, use: { count: number; worst: AttachmentState }): Rail {
  const network = engine.network(id);
  if (!network) {
    const { name, namespace } = ghostName(id);
    return {
      id,
      network: null,
      name: name ?? 'unreadable request',
      ...(namespace ? { namespace } : {}),
      technology: '',
      detail: name === undefined ? 'cannot be read' : 'does not exist',
      role: 'secondary',
      ghost: true,
      count: use.count,
      worst: use.worst,
      hue: hueOf(id),
    };
  }
  const severity = worstSeverity(engine, network.id);
  const uplink = network.uplinks.find((item) => item.device)?.device;
  return {
    id,
    network: network.id,
    name: network.name,
    ...(network.namespace ? { namespace: network.namespace } : {}),
    technology: [network.technology === 'unknown' ? '' : network.technology, uplink ?? ''].filter(Boolean).join(' '),
    detail: detailOf(network.subnets, network.vlan),
    role: network.role,
    ghost: false,
    count: use.count,
    worst: use.worst,
    ...(severity ? { severity } : {}),
    hue: hueOf(id),
  };
}

function detailOf(subnets: readonly string[], vlan: number | undefined): string {
  const first = subnets[0] ?? '';
  const more = subnets.length > 1 ? ` and ${subnets.length - 1} more` : '';
  return [vlan === undefined || vlan === 0 ? '' : `VLAN ${vlan}`, first + more].filter(Boolean).join(' · ');
}

/** Only what is about the network itself: a finding with pods under it shows at their drops. */
function worstSeverity(engine: Engine, network: string): Severity | undefined {
  return engine.findingsOf(network).find((finding) => finding.severity !== 'info')?.severity;
}
