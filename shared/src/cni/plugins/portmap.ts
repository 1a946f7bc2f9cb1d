import { asText } from '../../kube/read.ts';
import { bools, definePlugin, int, lists, strings, word } from './schema.ts';

/** containernetworking/plugins meta/portmap */
export const portmap = definePlugin({
  type: 'portmap',
  chained: true,
  fields: [
    word('backend', ['iptables', 'nftables'], 'portmap-backend'),
    ...bools('snat masqAll'),
    int('markMasqBit', { min: 0, max: 31, slug: 'portmap-backend' }),
    ...strings('externalSetMarkChain'),
    ...lists('conditionsV4 conditionsV6'),
  ],
  check(c) {
    if (asText(c.get('externalSetMarkChain')) && c.get('markMasqBit') !== undefined) {
      c.error(
        'portmap-backend',
        'portmap: "externalSetMarkChain" and "markMasqBit" exclude each other.',
        'markMasqBit',
      );
    }
  },
});
