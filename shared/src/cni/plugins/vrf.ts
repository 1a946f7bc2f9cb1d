import { definePlugin, required, uint } from './schema.ts';

/** containernetworking/plugins meta/vrf */
export const vrf = definePlugin({
  type: 'vrf',
  chained: true,
  fields: [required('vrfname', 'vrf-no-name'), uint('table')],
});
