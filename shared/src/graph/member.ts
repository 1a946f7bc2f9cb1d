import type { Plug } from '../engine/engine-api.ts';

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
