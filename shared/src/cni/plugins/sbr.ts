import { asArray, excerpt } from '../../kube/read.ts';
import { toIp } from '../../net/ip.ts';
import { bools, definePlugin, int, lists } from './schema.ts';

/** containernetworking/plugins meta/sbr: one gateway per family at most. */
export const sbr = definePlugin({
  type: 'sbr',
  chained: true,
  fields: [int('table'), ...lists('gateways'), ...bools('addSourceHints')],
  check(c) {
    const gateways = asArray(c.get('gateways')) ?? [];
    if (gateways.length > 2)
      c.error('sbr-gateways', `sbr: "gateways" lists ${gateways.length}; one per family is the limit.`, 'gateways');
    const families = new Set<number>();
    for (const [i, text] of gateways.slice(0, 2).entries()) {
      const ip = typeof text === 'string' ? toIp(text) : undefined;
      if (!ip) c.error('sbr-gateways', `sbr: the gateway ${excerpt(text)} is not an IP address.`, 'gateways', i);
      else if (families.has(ip.family))
        c.error('sbr-gateways', `sbr: "gateways" lists two IPv${ip.family} addresses.`, 'gateways', i);
      else families.add(ip.family);
    }
  },
});
