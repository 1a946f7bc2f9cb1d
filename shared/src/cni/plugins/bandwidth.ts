import { asNumber } from '../../kube/read.ts';
import { definePlugin, lists, uint } from './schema.ts';

/** Bursts are bits; the plugin keeps bytes in 32 bits. */
const MAX_BURST = 0xffff_ffff * 8;

/** containernetworking/plugins meta/bandwidth */
export const bandwidth = definePlugin({
  type: 'bandwidth',
  chained: true,
  fields: [
    uint('ingressRate'),
    uint('ingressBurst'),
    uint('egressRate'),
    uint('egressBurst'),
    ...lists('shapedSubnets unshapedSubnets'),
  ],
  check(c) {
    for (const way of ['ingress', 'egress']) {
      const rate = asNumber(c.get(`${way}Rate`)) ?? 0;
      const burst = asNumber(c.get(`${way}Burst`)) ?? 0;
      if (rate > 0 !== burst > 0)
        c.error(
          'bandwidth-pair',
          `bandwidth: "${way}Rate" and "${way}Burst" must be given together.`,
          `${way}${rate > 0 ? 'Rate' : 'Burst'}`,
        );
      if (burst > MAX_BURST)
        c.error('bandwidth-pair', `bandwidth: "${way}Burst" is ${burst} bits; 4 GB is the limit.`, `${way}Burst`);
    }
  },
});
