import { asRecord, asText } from '../../kube/read.ts';
import { bools, definePlugin, MTU, word } from './schema.ts';

/** containernetworking/plugins main/ptp */
export const ptp = definePlugin({
  type: 'ptp',
  fields: [...bools('ipMasq'), word('ipMasqBackend', ['iptables', 'nftables'], 'plugin-field-value'), MTU],
  check(c) {
    if (!asText(asRecord(c.get('ipam'))?.type)) c.error('ptp-no-ipam', 'ptp needs an "ipam" with a type.');
  },
});
