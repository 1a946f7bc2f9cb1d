import { excerpt } from '../../kube/read.ts';
import { isMulticastMac, toMac } from '../../net/mac.ts';
import type { Check } from './schema.ts';

/** `mac` of macvlan, tap and tuning goes through Go's ParseMAC; the kernel takes no group address. */
export function checkMac(c: Check): void {
  const text = c.get('mac');
  if (typeof text !== 'string' || text === '') return;
  const mac = toMac(text);
  if (!mac)
    c.error('tuning-mac', `${c.plugin.type}: "mac" is ${excerpt(text)}, which is not a hardware address.`, 'mac');
  else if (isMulticastMac(mac))
    c.error(
      'mac-multicast',
      `${c.plugin.type}: "mac" is ${excerpt(text)}, a group address that no interface can have.`,
      'mac',
    );
}
