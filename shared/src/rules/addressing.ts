import { sh } from '../kube/shell.ts';
import { causes } from '../messages/catalogue.ts';
import { servedBy } from './address-parts.ts';
import { annotationCommands, configEvidence, fromConfigIssue, fromEvent, isOpen, requestEvidence } from './define.ts';
import { duplicateRules } from './duplicates.ts';
import { fromPodEvent, isUp } from './pod-event.ts';
import { poolRules } from './pools.ts';
import { rangeRules } from './ranges.ts';
import { requestedAddressRules } from './requested-addresses.ts';
import type { AttachmentFacts, Draft, Rule } from './rule.ts';

/** A failure of something that runs once per node: one finding for the node, with the pods under it. */
const perNode = (code: string, slugs: readonly string[], command: (node: string) => string): Rule => ({
  ...fromEvent(code, slugs),
  scope: 'attachment',
  needs: 'failure',
  check: (facts): Draft | undefined => {
    const slug = facts.failure?.verdict.slug ?? '';
    const { node } = facts.workload.workload;
    const cause = causes.get(slug);
    if (!slugs.includes(slug) || !node || !cause) return undefined;
    const served = servedBy(facts.network);
    return {
      slug,
      group: `${slug}:${node}`,
      confidence: facts.failure?.verdict.confidence ?? 'likely',
      title: `${cause.title} (${node})`,
      message: facts.failure?.verdict.peeled.slice(0, 300) || cause.title,
      cause: cause.cause,
      fix: { text: cause.fix, commands: [command(node)] },
      evidence: served ? [configEvidence(served.claim)] : [],
      subjects: [{ type: 'node', id: node }],
      effect: 'failed',
    };
  },
});

const onNode = (node: string, path: string): string =>
  sh`kubectl debug node/${node} -it --image=busybox -- ls -l /host${path}`;

const configName = (facts: AttachmentFacts): string =>
  facts.network?.claims.find((claim) => claim.config)?.config?.read.name ?? '';

/** Of the plugins, OVN-Kubernetes alone looks at claims. */
const readsClaims = ({ network }: AttachmentFacts): boolean => network?.network.technology.startsWith('ovn') === true;

/** MN229 and MN230: addresses that outlive their pod. */
const claimRules: readonly Rule[] = [
  {
    ...fromEvent('MN229', ['ipamclaim-missing']),
    scope: 'attachment',
    needs: 'open',
    check: (facts, world) => {
      const name = facts.element?.ipamClaimReference;
      const { namespace } = facts.workload.workload;
      if (!name || !readsClaims(facts) || !isOpen(facts) || world.ipamClaim(`${namespace}/${name}`)) return undefined;
      if (world.availability('k8s.cni.cncf.io', 'IPAMClaim') !== 'present') return undefined;
      return {
        slug: 'ipamclaim-missing',
        group: `${namespace}/${name}`,
        confidence: 'likely',
        title: `There is no IPAMClaim ${namespace}/${name}`,
        message: 'It has to be in the namespace of the pod before the pod starts.',
        fix: {
          text: 'Create the IPAMClaim in the namespace of the pod, or correct "ipam-claim-reference".',
          commands: [sh`kubectl -n ${namespace} get ipamclaims.k8s.cni.cncf.io`, ...annotationCommands(facts)],
        },
        evidence: requestEvidence(facts),
        effect: 'failed',
      };
    },
  },
  {
    ...fromEvent('MN230', ['ipamclaim-other-network']),
    scope: 'attachment',
    needs: 'wish',
    check: (facts, world) => {
      const name = facts.element?.ipamClaimReference;
      const { namespace } = facts.workload.workload;
      const claim = name ? world.ipamClaim(`${namespace}/${name}`) : undefined;
      const config = configName(facts);
      if (!claim || !config || !readsClaims(facts) || claim.network === '' || claim.network === config)
        return undefined;
      if (!isOpen(facts) && facts.attachment.state !== 'attached') return undefined;
      return {
        slug: 'ipamclaim-other-network',
        group: `${namespace}/${name}`,
        severity: 'warning',
        confidence: 'certain',
        title: `IPAMClaim ${namespace}/${name} is for another network`,
        message: `It is for the network "${claim.network}"; the config of ${facts.request?.requested.network ?? 'this one'} is named "${config}". The claim is ignored, and the address does not persist.`,
        fix: {
          text: 'Name a claim of this network. spec.network is the name in the CNI config, not that of the NAD.',
          commands: [sh`kubectl -n ${namespace} get ipamclaims.k8s.cni.cncf.io ${name ?? ''} -o yaml`],
        },
        evidence: [
          ...requestEvidence(facts),
          { ref: claim.ref, path: '/spec/network', value: claim.network.slice(0, 400) },
        ],
      };
    },
  },
];

/** MN2xx: addresses and those who give them. */
export const addressingRules: readonly Rule[] = [
  ...duplicateRules,
  ...requestedAddressRules,
  ...rangeRules,
  ...poolRules,
  ...claimRules,
  fromEvent('MN221', ['ipam-no-ip']),
  ...fromConfigIssue('MN222', ['ipam-empty-type', 'ipam-key-missing'], {
    explains: ['ipam-no-ip', 'cni-version-missing-020', 'ptp-no-ipam', 'dummy-no-ipam'],
  }),
  perNode('MN226', ['dhcp-daemon-down'], (node) => onNode(node, '/run/cni/dhcp.sock')),
  perNode('MN235', ['whereabouts-config-missing', 'whereabouts-storage'], (node) =>
    onNode(node, '/etc/cni/net.d/whereabouts.d'),
  ),
  fromEvent('MN236', ['whereabouts-rbac', 'whereabouts-crd-missing'], {
    title: 'Whereabouts may not use the API, or the API does not know its kinds',
  }),
  perNode(
    'MN237',
    ['whereabouts-leader', 'whereabouts-api-unreachable', 'whereabouts-token-expired'],
    (node) => sh`kubectl get pods -A -o wide --field-selector spec.nodeName=${node} | grep whereabouts`,
  ),
  fromEvent('MN238', ['whereabouts-duplicate-podref']),
  fromPodEvent('MN239', ['whereabouts-gc-failed'], { severity: 'warning', when: isUp }),
  fromEvent('MN241', ['dhcp-no-offer', 'dhcp-no-mask']),
  perNode(
    'MN242',
    ['dhcp-netns'],
    (node) => sh`kubectl get pods -A -o wide --field-selector spec.nodeName=${node} | grep dhcp`,
  ),
  fromEvent('MN243', ['dhcp-allocate-other', 'dhcp-sandbox-timeout']),
  fromEvent('MN244', ['hostlocal-dup']),
  perNode('MN245', ['hostlocal-store-failed'], (node) => onNode(node, '/var/lib/cni/networks')),
  fromEvent('MN246', ['cni020-one-address']),
  fromEvent('MN247', ['ovnk-ip-allocated']),
  fromEvent('MN248', ['third-party-ipam']),
  fromEvent('MN249', ['route-add-failed']),
  fromEvent('MN250', ['dad-failed']),
  fromEvent('MN251', ['static-bad-address']),
];
