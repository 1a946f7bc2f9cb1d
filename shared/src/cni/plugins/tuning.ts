import { asRecord, excerpt } from '../../kube/read.ts';
import { checkMac } from './mac.ts';
import { bools, definePlugin, int, MTU, records, strings } from './schema.ts';

/** containernetworking/plugins meta/tuning: only sysctls of the network namespace, values are strings. */
export const tuning = definePlugin({
  type: 'tuning',
  chained: true,
  fields: [
    ...records('sysctl'),
    ...strings('mac dataDir'),
    MTU,
    ...bools('promisc allmulti'),
    int('txQLen', { min: 0 }),
  ],
  check(c) {
    checkMac(c);
    for (const [key, value] of Object.entries(asRecord(c.get('sysctl')) ?? {}).slice(0, 200)) {
      if (!/^net[./]/.test(key))
        c.error(
          'tuning-sysctl-key',
          `tuning: the sysctl ${excerpt(key)} is not one of the network namespace (net.*).`,
          'sysctl',
          key,
        );
      if (typeof value !== 'string' && value !== null) {
        c.error(
          'plugin-field-type',
          `tuning: the sysctl ${excerpt(key)} is ${excerpt(value)} where a string is wanted.`,
          'sysctl',
          key,
        );
      }
    }
  },
});
