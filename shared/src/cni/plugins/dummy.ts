import { asRecord, asText } from '../../kube/read.ts';
import { definePlugin } from './schema.ts';

/** containernetworking/plugins main/dummy */
export const dummy = definePlugin({
  type: 'dummy',
  fields: [],
  check(c) {
    if (!asText(asRecord(c.get('ipam'))?.type)) c.error('dummy-no-ipam', 'dummy needs an "ipam" with a type.');
  },
});
