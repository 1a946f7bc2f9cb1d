import { asText } from '../../kube/read.ts';
import { checkMac } from './mac.ts';
import { bools, definePlugin, int, MTU, strings, uint, word } from './schema.ts';

/** containernetworking/plugins main/macvlan */
export const macvlan = definePlugin({
  type: 'macvlan',
  fields: [
    ...strings('master mac'),
    ...bools('linkInContainer'),
    MTU,
    uint('bcqueuelen'),
    int('bclim'),
    word('mode', ['bridge', 'private', 'vepa', 'passthru'], 'macvlan-bad-mode'),
  ],
  check: checkMac,
  describe: (get) => ({ mode: asText(get('mode')) ?? 'bridge' }),
});
