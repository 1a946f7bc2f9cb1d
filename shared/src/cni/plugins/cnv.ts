import { bridge } from './bridge.ts';
import { definePlugin } from './schema.ts';
import { tuning } from './tuning.ts';

/** OpenShift Virtualization ships its own builds of bridge and tuning, under names of their own. */
export const cnvBridge = definePlugin({
  ...bridge,
  type: 'cnv-bridge',
  describe: (get, raw) => ({ technology: 'bridge', ...bridge.describe?.(get, raw) }),
});

export const cnvTuning = definePlugin({ ...tuning, type: 'cnv-tuning' });
