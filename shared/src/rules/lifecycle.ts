import { waitingOf } from '../engine/event-draft.ts';
import { sh } from '../kube/shell.ts';
import { toCidr } from '../net/cidr.ts';
import { canonicalIp } from '../net/ip.ts';
import { canonicalMac } from '../net/mac.ts';
import { requestEvidence } from './define.ts';
import { driftedRule, isNad, restart, unexpectedRule } from './drift.ts';
import type { AttachmentFacts, Rule } from './rule.ts';

const bareIp = (text: string): string | undefined => canonicalIp(text) ?? toCidr(text)?.address.text;

/** How long a pod may wait without any evidence before it is worth a word, in ms. */
const patience = 3 * 60_000;

/** MN7xx: what was asked for and what is there have drifted apart. */
export const lifecycleRules: readonly Rule[] = [
  driftedRule,
  unexpectedRule,
  {
    code: 'MN703',
    scope: 'attachment',
    title: 'The reported interface differs from the requested one',
    severity: 'warning',
    slugs: ['status-ifname-differs', 'status-ip-differs', 'status-mac-differs'],
    why: 'What a plugin cannot do it may ignore: a request for an address or a hardware address has an effect only where the plugin and its IPAM support it.',
    fix: 'Declare the capability in the NAD ("capabilities": {"ips": true, "mac": true}) and use a plugin that supports it.',
    check: (facts) => {
      const { attachment, request } = facts;
      if (attachment.state !== 'attached' || !request || !attachment.interface || !isNad(facts)) return undefined;
      const difference = differenceOf(facts);
      if (!difference) return undefined;
      return {
        slug: difference.slug,
        group: `${facts.workload.workload.id}#${attachment.slot}`,
        confidence: 'certain',
        title: `${request.requested.network} got another ${difference.what} than it asked for`,
        message: `Asked for ${difference.asked}, got ${difference.got}.`,
        fix: {
          text: 'Declare the capability in the NAD, and use a plugin and IPAM that support it.',
          commands: restart(facts.workload),
        },
        evidence: [...requestEvidence(facts), ...attachment.observed.slice(0, 1).map((item) => item.source)],
        effect: 'mismatch',
        follows: ['MN138', 'MN139'],
      };
    },
  },
  {
    code: 'MN704',
    scope: 'workload',
    needs: 'open',
    title: 'A pod waits, and nothing says why',
    severity: 'info',
    slugs: ['pending-silent'],
    why: 'The kubelet writes an event for every failed attempt, but events expire after an hour and may not be readable.',
    fix: 'Look at the pod and at the log of the kubelet.',
    check: (facts, world) => {
      const { pod, workload } = facts;
      if (
        pod.sandbox ||
        pod.finished ||
        pod.terminating ||
        workload.hostNetwork ||
        !workload.node ||
        !facts.asks ||
        facts.failure ||
        facts.events.some((event) => event.type === 'Warning' && event.slug !== undefined)
      )
        return undefined;
      if (!world.due(pod.createdAt + patience)) return undefined;
      const readable = world.availability('', 'Event');
      const blind = readable === 'forbidden' || readable === 'error';
      return {
        slug: 'pending-silent',
        group: workload.id,
        confidence: 'possible',
        title: `${workload.namespace}/${workload.name} waits for its sandbox, and no event says why`,
        message: blind ? 'Events may not be read here.' : 'No event about it is left.',
        fix: {
          text: 'Look at the pod and at the log of the kubelet.',
          commands: [sh`kubectl -n ${workload.namespace} describe pod ${workload.name}`],
        },
        evidence: [],
        follows: 'failure',
        ...(blind ? {} : { subjects: waitingOf(facts) }),
        ...(blind ? { effect: 'unknown' as const } : {}),
      };
    },
  },
];

function differenceOf({
  attachment,
  request,
  element,
}: AttachmentFacts): { slug: string; what: string; asked: string; got: string } | undefined {
  const seen = attachment.interface;
  if (!seen || !request) return undefined;
  const wantedName = request.requested.interface;
  if (wantedName && seen.name && seen.name !== wantedName)
    return { slug: 'status-ifname-differs', what: 'interface name', asked: wantedName, got: seen.name };
  const mac = element?.mac ? canonicalMac(element.mac) : undefined;
  if (mac && seen.mac && seen.mac !== mac)
    return { slug: 'status-mac-differs', what: 'hardware address', asked: mac, got: seen.mac };
  if (!element?.ips) return undefined;
  const asked = element.ips.flatMap((ip) => bareIp(ip) ?? []);
  const got = new Set(seen.addresses.map((address) => address.ip));
  const lost = asked.find((ip) => !got.has(ip));
  if (lost && got.size > 0)
    return { slug: 'status-ip-differs', what: 'address', asked: asked.join(', '), got: [...got].join(', ') };
  return undefined;
}
