import { effectiveInterfaces, interfaceCollisions } from '../cni/interface-names.ts';
import { NETWORKS_KEY } from '../cni/selection.ts';
import { toCidr } from '../net/cidr.ts';
import { toIp } from '../net/ip.ts';
import { annotationCommands, configIssueOnNetwork, fromEvent, isOpen, originOf, requestEvidence } from './define.ts';
import { perFacts } from './memo.ts';
import type { AttachmentFacts, Draft, Rule, WorkloadFacts, World } from './rule.ts';

const multicastFix = 'Use an address whose first byte is even, for example one that begins with 02.';
const multicastTexts = {
  title: 'A multicast address cannot be given to an interface',
  severity: 'error' as const,
  why: 'The lowest bit of the first byte marks a group address. The kernel refuses to set it on an interface: "cannot assign requested address".',
  fix: multicastFix,
};

/** IP families that the pod has or will get on eth0: its own addresses, else the ranges of its node. Empty: not known. */
function familiesOf({ workload }: AttachmentFacts, world: World): Set<number> {
  const own = workload.pod.podIps.flatMap((ip) => toIp(ip)?.family ?? []);
  if (own.length > 0) return new Set(own);
  const node = workload.workload.node ? world.node(workload.workload.node) : undefined;
  return new Set((node?.node.podCidrs ?? []).flatMap((cidr) => toCidr(cidr)?.family ?? []));
}

/** The secondary requests that Multus acts on, in order. */
const askedOf = (pod: WorkloadFacts): AttachmentFacts[] =>
  pod.attachments.filter(
    ({ request }) =>
      request && typeof request.index === 'number' && request.element && !request.inert && request.interface,
  );

/** Who wants an interface name that is taken, and by whom, given how many default networks Multus attaches first. */
const clashesOf = perFacts((pod: WorkloadFacts) => {
  const asked = askedOf(pod);
  const wanted = asked.map(({ element }) => (element?.interface ? { interface: element.interface } : {}));
  const nameOf = (index: number | undefined) =>
    asked[index ?? -1]?.request?.requested.network ?? 'a default network of Multus';
  return memoByNumber((defaults) => {
    const held = Array.from({ length: defaults }, (_, index) => `net${index + 1}`);
    const clashes = interfaceCollisions(effectiveInterfaces(wanted, defaults), ['eth0', 'lo', ...held]);
    return new Map(
      clashes.map(({ element, interface: name, with: other }) => [
        asked[element]?.attachment.slot,
        { name, other: name === 'lo' ? 'the loopback' : name === 'eth0' ? 'the default network' : nameOf(other) },
      ]),
    );
  });
});

function memoByNumber<T>(compute: (number: number) => T): (number: number) => T {
  const known = new Map<number, T>();
  return (number) => {
    const value = known.get(number) ?? compute(number);
    known.set(number, value);
    return value;
  };
}

/** Multus attaches its defaultNetworks first (not in kube-system), so that they shift the numbers and hold names of their own. */
function clashOf({ workload, attachment }: AttachmentFacts, world: World): { name: string; other: string } | undefined {
  const exempt = workload.workload.namespace === 'kube-system';
  const defaults = exempt ? 0 : Math.min(100, world.settings()?.defaultNetworks?.length ?? 0);
  return clashesOf(workload)(defaults).get(attachment.slot);
}

/** The rules that name what Multus refuses in an annotation as a whole. */
const refusing = 'MN101 MN102 MN103 MN104 MN105 MN106 MN108 MN110 MN111 MN112 MN113 MN114 MN115 MN116'.split(' ');

/** MN120-MN129: requests that can be read, and still do not do what their writer thinks. */
export const selectionTrapRules: readonly Rule[] = [
  {
    code: 'MN120',
    scope: 'attachment',
    needs: 'open',
    title: 'Two attachments want one interface name',
    severity: 'error',
    slugs: ['ifname-exists'],
    why: 'Unnamed interfaces are called net<position>, and named ones still consume a position: `a,b@net1` clashes. eth0 belongs to the default network.',
    fix: 'Give every attachment a name of its own, or name none.',
    check: (facts, world) => {
      if (!isOpen(facts) || typeof facts.request?.index !== 'number' || !facts.request.interface) return undefined;
      const clash = clashOf(facts, world);
      if (!clash) return undefined;
      return {
        slug: 'ifname-exists',
        group: `ifname-exists:${originOf(facts)}`,
        confidence: 'certain',
        title: `Interface name ${clash.name} is taken`,
        message: `${facts.request.requested.network} gets the name ${clash.name}, which ${clash.other} has already.`,
        fix: { text: 'Give every attachment a name of its own, or name none.', commands: annotationCommands(facts) },
        evidence: requestEvidence(facts),
        effect: 'failed',
      };
    },
  },
  {
    code: 'MN121',
    scope: 'attachment',
    needs: 'unattached',
    title: 'Nothing reads this annotation',
    severity: 'warning',
    slugs: ['sel-wrong-key'],
    why: `Multus reads ${NETWORKS_KEY} on the pod itself. Under another key, or on the Deployment instead of its pod template, it has no effect and nobody complains.`,
    fix: `Move the value to ${NETWORKS_KEY} on the pod template.`,
    check: (facts) => {
      const inert = facts.request?.inert;
      if (!inert || facts.attachment.state === 'ended') return undefined;
      return {
        slug: inert.slug,
        group: `sel-wrong-key:${originOf(facts)}:${inert.key}`,
        confidence: 'certain',
        title:
          inert.meant === NETWORKS_KEY
            ? `Nothing reads the annotation ${inert.key}`
            : 'The annotation is not on the pod template',
        message: inert.reason,
        fix: {
          text: `Move the value to ${inert.meant}.`,
          commands: annotationCommands(facts, facts.request?.element?.raw),
        },
        evidence: requestEvidence(facts),
      };
    },
  },
  {
    code: 'MN122',
    scope: 'attachment',
    needs: 'unattached',
    title: 'A hostNetwork pod never gets secondary networks',
    severity: 'warning',
    slugs: ['sel-hostnetwork'],
    why: 'A pod with hostNetwork has no network namespace of its own, so no CNI plugin is called and the annotation has no effect.',
    fix: 'Drop hostNetwork, or drop the annotation.',
    check: (facts) => {
      const { request, workload } = facts;
      if (!workload.workload.hostNetwork || typeof request?.index !== 'number' || request.inert) return undefined;
      if (facts.attachment.state === 'ended') return undefined;
      return {
        slug: 'sel-hostnetwork',
        group: `sel-hostnetwork:${originOf(facts)}`,
        confidence: 'certain',
        title: 'A hostNetwork pod asks for secondary networks',
        message: `${request.requested.network} is ignored: the pod uses the network of its node.`,
        fix: {
          text: 'Drop hostNetwork, or drop the annotation.',
          patch: 'spec:\n  hostNetwork: false',
        },
        evidence: requestEvidence(facts),
      };
    },
  },
  {
    code: 'MN123',
    scope: 'attachment',
    needs: 'request-issue',
    slugs: ['mac-multicast'],
    explains: ['macvlan-create-other', 'delegate-generic', 'mac-in-use', 'tuning-mac'],
    ...multicastTexts,
    check: (facts): Draft | undefined => {
      const issue = facts.request?.issues.find((item) => item.slug === 'mac-multicast');
      if (!issue || !isOpen(facts)) return undefined;
      return {
        slug: 'mac-multicast',
        group: `mac-multicast:${originOf(facts)}`,
        confidence: 'certain',
        title: `${facts.element?.mac ?? 'The address'} is a multicast address`,
        message: issue.message,
        fix: { text: multicastFix, commands: annotationCommands(facts) },
        evidence: requestEvidence(facts),
        effect: 'failed',
      };
    },
  },
  configIssueOnNetwork('MN123', ['mac-multicast'], multicastTexts),
  {
    code: 'MN127',
    scope: 'attachment',
    needs: 'request-issue',
    title: 'A pod runs although its annotation cannot be read',
    severity: 'warning',
    slugs: ['sel-old-multus-ignored'],
    why: 'Multus refuses a pod whose annotation it cannot read. That this one runs means that the annotation was edited later, or that this Multus is older than 2021: it logged the error and went on without the networks.',
    fix: 'Correct the annotation, update Multus if it is that old, and create the pod anew.',
    check: (facts) => {
      const issue = facts.request?.issues.find((item) => item.severity === 'error' && item.fatal === true);
      if (!issue || facts.attachment.state !== 'missing' || facts.request?.index === 'default') return undefined;
      return {
        slug: 'sel-old-multus-ignored',
        group: `sel-old-multus-ignored:${originOf(facts)}`,
        confidence: 'possible',
        title: `${facts.workload.workload.namespace}/${facts.workload.workload.name} runs although its annotation cannot be read`,
        message: issue.message,
        fix: {
          text: 'Correct the annotation and create the pod anew; it will not start again as it is.',
          commands: annotationCommands(facts),
        },
        evidence: requestEvidence(facts),
        follows: refusing,
      };
    },
  },
  {
    code: 'MN128',
    scope: 'attachment',
    needs: 'request-issue',
    title: '"default-route" of one family takes the default route of the other',
    severity: 'warning',
    slugs: ['sel-default-route-kills-other-family'],
    why: 'Multus removes the default routes of both families from all other attachments as soon as one element names a gateway. In a dual-stack cluster the family without a gateway is left with no way out.',
    fix: 'Name a gateway of each family.',
    check: (facts, world) => {
      const issue = facts.request?.issues.find((item) => item.slug === 'sel-default-route-kills-other-family');
      if (!issue || facts.request?.issues.some((one) => one.severity === 'error')) return undefined;
      if (facts.attachment.state === 'ended' || facts.attachment.state === 'ignored') return undefined;
      const families = familiesOf(facts, world);
      if (families.size === 1) return undefined;
      return {
        slug: issue.slug,
        group: `${issue.slug}:${originOf(facts)}`,
        severity: families.size === 2 ? 'warning' : 'info',
        confidence: families.size === 2 ? 'certain' : 'possible',
        title: `${facts.request?.requested.network} takes the default route of the other family`,
        message: issue.message,
        fix: { text: 'Name a gateway of each family.', commands: annotationCommands(facts) },
        evidence: requestEvidence(facts),
      };
    },
  },
  fromEvent('MN129', ['pod-uid-mismatch', 'pod-not-found-race'], { severity: 'warning' }),
];
