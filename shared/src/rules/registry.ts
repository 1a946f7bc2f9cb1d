import { accessRules } from './access.ts';
import { addressingRules } from './addressing.ts';
import { capabilityRules } from './capabilities.ts';
import { configPluginRules } from './config-plugins.ts';
import { configTrapRules } from './config-traps.ts';
import { configRules } from './config.ts';
import { lifecycleRules } from './lifecycle.ts';
import { nativeRules } from './native.ts';
import { ovnRequestRules } from './ovn-requests.ts';
import { pluginRules } from './plugins.ts';
import { referenceRules } from './reference.ts';
import type { Rule } from './rule.ts';
import { selectionRules } from './selection.ts';
import { selectionTrapRules } from './selection-traps.ts';

/** One line a family. */
export const rules: readonly Rule[] = [
  ...accessRules,
  ...selectionRules,
  ...selectionTrapRules,
  ...referenceRules,
  ...capabilityRules,
  ...ovnRequestRules,
  ...addressingRules,
  ...configRules,
  ...configPluginRules,
  ...configTrapRules,
  ...pluginRules,
  ...lifecycleRules,
  ...nativeRules,
];

/** The families of codes by their first digit. */
export const families: Readonly<Record<string, string>> = {
  MN0: 'Input and access',
  MN1: 'Request and reference',
  MN2: 'Addressing and IPAM',
  MN3: 'Network configuration',
  MN4: 'Node, device and plugin',
  MN5: 'Link and L2',
  MN6: 'Policy',
  MN7: 'Drift and lifecycle',
  MN8: 'Native networks, DRA and vendors',
};

export const familyOf = (code: string): string => families[code.slice(0, 3)] ?? '';
