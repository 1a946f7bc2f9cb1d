import { asArray, asRecord, asText, excerpt } from '../../kube/read.ts';
import { toCidr } from '../../net/cidr.ts';
import { toIp } from '../../net/ip.ts';
import { bools, definePlugin, lists } from './schema.ts';

/** k8snetworkplumbingwg/route-override-cni */
export const routeOverride = definePlugin({
  type: 'route-override',
  chained: true,
  fields: [...bools('flushroutes flushgateway skipcheck'), ...lists('delroutes addroutes')],
  check(c) {
    for (const key of ['delroutes', 'addroutes']) {
      for (const [i, item] of (asArray(c.get(key)) ?? []).slice(0, 100).entries()) {
        const route = asRecord(item);
        const dst = asText(route?.dst);
        const gw = asText(route?.gw);
        if (!dst || !toCidr(dst))
          c.error(
            'route-override-failed',
            `route-override: "${key}" has the destination ${excerpt(route?.dst ?? item)}, which is not a CIDR.`,
            key,
            i,
          );
        if (gw && !toIp(gw))
          c.error(
            'route-override-failed',
            `route-override: "${key}" has the gateway ${excerpt(gw)}, which is not an IP address.`,
            key,
            i,
          );
      }
    }
  },
});
