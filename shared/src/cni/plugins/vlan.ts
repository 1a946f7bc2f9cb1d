import { asNumber } from '../../kube/read.ts';
import { bools, definePlugin, int, MTU, required } from './schema.ts';

/** containernetworking/plugins main/vlan. Its own message says 4095 inclusive; the code refuses 4095. */
export const vlan = definePlugin({
  type: 'vlan',
  fields: [
    required('master', 'vlan-master-required'),
    int('vlanId', { min: 0, max: 4094, slug: 'vlan-id-range' }),
    MTU,
    ...bools('linkInContainer'),
  ],
  describe: (get) => ({ vlan: asNumber(get('vlanId')) ?? 0 }),
});
