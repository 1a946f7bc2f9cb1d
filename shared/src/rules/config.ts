import { fromConfigIssue, fromEvent } from './define.ts';
import type { Rule } from './rule.ts';

/** MN3xx: the CNI config in the NAD. */
export const configRules: readonly Rule[] = [
  ...fromConfigIssue('MN301', ['nad-config-not-json']),
  ...fromConfigIssue('MN302', ['nad-config-not-object', 'nad-no-type']),
  ...fromConfigIssue('MN303', ['nad-plugins-invalid', 'nad-unmarshal-conf', 'nad-type-and-plugins']),
  ...fromConfigIssue('MN304', ['cni-invalid-network-name', 'cni-missing-network-name']),
  ...fromConfigIssue('MN305', ['cni-version-unsupported', 'cni-result-version']),
  ...fromConfigIssue('MN306', ['cni-version-missing-020'], {
    title: 'The config has no cniVersion',
    severity: 'warning',
    why: 'Without cniVersion the plugin answers in the format of CNI 0.2.0, which has no interfaces: the pod gets its interface, but network-status has no entry for it.',
    fix: 'Add "cniVersion": "0.3.1" or newer.',
  }),
  fromEvent('MN307', ['nad-empty-spec-no-file']),
  fromEvent('MN308', ['not-chained', 'multus-self-delegation']),
];
