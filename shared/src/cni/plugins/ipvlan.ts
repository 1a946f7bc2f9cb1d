import { asText } from '../../kube/read.ts';
import { bools, definePlugin, MTU, strings, word } from './schema.ts';

/** containernetworking/plugins main/ipvlan */
export const ipvlan = definePlugin({
  type: 'ipvlan',
  fields: [
    ...strings('master'),
    ...bools('linkInContainer'),
    MTU,
    word('mode', ['l2', 'l3', 'l3s'], 'ipvlan-bad-mode'),
  ],
  describe: (get) => ({ mode: asText(get('mode')) ?? 'l2' }),
});
