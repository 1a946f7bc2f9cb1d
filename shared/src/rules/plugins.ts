import { sh } from '../kube/shell.ts';
import { fromEvent } from './define.ts';
import { masterRule } from './master.ts';
import { missingPluginOfPodRule, missingPluginRule } from './missing-plugin.ts';
import type { Rule } from './rule.ts';
import { multusRuns, unreadRequests } from './unread.ts';

/** MN4xx: nodes, plugins and devices. */
export const pluginRules: readonly Rule[] = [
  masterRule,
  missingPluginRule,
  missingPluginOfPodRule,
  {
    code: 'MN403',
    scope: 'workload',
    needs: 'unattached',
    title: 'Multus does not run on the node',
    severity: 'warning',
    slugs: ['multus-missing-on-node'],
    why: 'Without Multus the node calls its default CNI alone: pods start with eth0 only, and nothing says that the annotation was never read.',
    fix: 'Let the Multus DaemonSet tolerate the taints of this node, or keep such pods off it.',
    check: (facts, world) => {
      const node = facts.workload.node ?? '';
      const asked = unreadRequests(facts);
      if (asked.length === 0 || multusRuns(node, world)) return undefined;
      // Without nodes or daemon pods in sight the silence of the pod alone proves too little.
      const confidence = world.node(node)?.multus === 'absent' ? 'certain' : 'possible';
      return {
        slug: 'multus-missing-on-node',
        group: node,
        confidence,
        title:
          confidence === 'certain'
            ? `Multus does not run on ${node}`
            : `Nothing reads the networks annotation on ${node}`,
        message: `Pods that ask for more than the default network run on ${node} without it.`,
        fix: {
          text: 'Let the Multus DaemonSet tolerate the taints of this node, or keep such pods off it.',
          commands: [
            sh`kubectl get pods -A -o wide --field-selector spec.nodeName=${node} | grep -i multus`,
            sh`kubectl describe node ${node} | grep -i taint`,
          ],
        },
        evidence: asked.flatMap((item) => (item.request ? [item.request.requested.source] : [])),
        subjects: [
          { type: 'node', id: node },
          ...asked.map((item) => ({ type: 'attachment' as const, id: item.attachment.id })),
        ],
        effect: 'ignored',
      };
    },
  },
  fromEvent('MN480', ['delegate-generic'], { title: 'The plugin of this network failed' }),
  fromEvent('MN490', ['unknown-failure'], {
    title: 'The sandbox cannot be built, and the reason is not in the catalogue',
    why: 'The message names no cause that Busbar knows. Every attachment of the pod waits for it.',
    fix: 'Read the whole message, and the log of the plugin on the node.',
  }),
];
