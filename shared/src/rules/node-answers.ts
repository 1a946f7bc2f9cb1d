import { sh } from '../kube/shell.ts';
import type { Interface, Observed } from '../model/topology.ts';
import { canonicalIp } from '../net/ip.ts';
import { restart } from './drift.ts';
import { isUp } from './pod-event.ts';
import type { AnswerFacts, AttachmentFacts, Draft, Rule } from './rule.ts';

const ofNode = (seen: Observed): boolean => seen.provider === 'node-answers';
const ipsOf = (seen: Interface): string[] => seen.addresses.map(({ ip }) => ip);
const shares = (a: Interface, b: Interface): boolean => ipsOf(a).some((ip) => ipsOf(b).includes(ip));
const podOf = ({ workload }: AttachmentFacts): string => `${workload.workload.namespace}/${workload.workload.name}`;
const nameOf = ({ attachment }: AttachmentFacts): string => attachment.interface?.name ?? 'an interface';

/** What nodes answered of an interface that stands; empty where nothing can be told from it. */
const answersOf = ({ attachment, workload }: AttachmentFacts): Observed[] =>
  workload.pod.sandbox && isUp(workload) ? attachment.observed.filter(ofNode) : [];

const lookInside = ({ workload: { workload } }: AttachmentFacts) => ({
  text: 'Look into the pod what it has; create it anew if that is not what was decided.',
  commands: [sh`kubectl -n ${workload.namespace} exec ${workload.name} -- ip address`],
});

/** Fields that an answer and network-status both tell, and tell apart. MTU is in few of either. */
function differences(answer: Interface, status: Interface): string[] {
  return (['mac', 'mtu'] as const).flatMap((field) => {
    const [told, reported] = [answer[field], status[field]];
    return told === undefined || reported === undefined || told === reported
      ? []
      : [`${field}: ${told} in the answer, ${reported} in network-status`];
  });
}

const differs: Rule = {
  code: 'MN716',
  scope: 'attachment',
  needs: 'node-answer',
  title: 'What the node answered of an interface and network-status differ',
  severity: 'warning',
  slugs: ['answer-differs'],
  why: 'Multus writes network-status from what the plugins answer. Where the two tell different hardware addresses or MTUs of one interface, one of them is of an earlier sandbox, or somebody wrote it by hand.',
  fix: 'Look into the pod what it has; create it anew if that is not what was decided.',
  check: (facts) => {
    const answers = answersOf(facts);
    const status = facts.attachment.observed.find(
      (seen) => seen.provider === 'npwg' && seen.source.path !== '/message',
    );
    if (!status || answers.length === 0) return undefined;
    const found = answers.map((answer) => differences(answer.interface, status.interface));
    if (found.some((list) => list.length === 0)) return undefined;
    return {
      slug: 'answer-differs',
      group: facts.attachment.id,
      confidence: 'likely',
      title: `The node and network-status tell ${nameOf(facts)} of ${podOf(facts)} apart`,
      message: `${[...new Set(found.flat())].join('; ')}.`,
      fix: lookInside(facts),
      evidence: [status.source, ...answers.map((answer) => answer.source)],
    };
  },
};

/** network-status of eth0 has a rule of its own against podIPs, and another one against answers. */
const podIpDiffers: Rule = {
  code: 'MN717',
  scope: 'attachment',
  needs: 'node-answer',
  title: 'What the node answered of the default network and the addresses of the pod differ',
  severity: 'warning',
  slugs: ['answer-podip-differs'],
  why: 'The runtime hands the addresses that the default network gave to the kubelet, which writes them into status.podIPs. An answer with others is of another sandbox.',
  fix: 'Take the answer of the sandbox that runs now: crictl pods shows its id.',
  check: (facts) => {
    const { attachment, workload } = facts;
    const answers = answersOf(facts).filter((answer) => answer.interface.addresses.length > 0);
    const reported = attachment.observed.some((seen) => seen.provider !== 'default-network' && !ofNode(seen));
    const actual = workload.pod.podIps.map((ip) => canonicalIp(ip) ?? ip);
    if (attachment.slot !== 0 || reported || answers.length === 0 || actual.length === 0) return undefined;
    if (answers.some((answer) => ipsOf(answer.interface).some((ip) => actual.includes(ip)))) return undefined;
    return {
      slug: 'answer-podip-differs',
      group: attachment.id,
      confidence: 'likely',
      title: `The node answered other addresses than ${podOf(facts)} has`,
      message: `It answered ${[...new Set(answers.flatMap((answer) => ipsOf(answer.interface)))].join(', ')}, and the pod has ${actual.join(', ')}.`,
      fix: {
        text: 'Take the answer of the sandbox that runs now.',
        commands: [sh`crictl pods --name ${workload.workload.name}`],
      },
      evidence: [
        ...answers.map((answer) => answer.source),
        { ref: workload.pod.ref, path: '/status/podIPs', value: actual.join(', ') },
      ],
    };
  },
};

const leftOver: Rule = {
  code: 'MN718',
  scope: 'attachment',
  needs: 'node-answer',
  title: 'A node has answers of two sandboxes for one interface',
  severity: 'info',
  slugs: ['answer-left-over'],
  why: 'A cached result goes when DEL has succeeded. One that stayed is of an earlier sandbox of the pod: its DEL failed or never ran, and its address may still be taken.',
  fix: 'Look whether IPAM still holds the address that the pod does not have.',
  check: (facts) => {
    const answers = answersOf(facts).filter((answer) => answer.interface.addresses.length > 0);
    const [first] = answers;
    const other = first && answers.find((answer) => !shares(answer.interface, first.interface));
    if (!first || !other) return undefined;
    return {
      slug: 'answer-left-over',
      group: facts.attachment.id,
      confidence: 'likely',
      title: `The node has two answers for ${nameOf(facts)} of ${podOf(facts)}`,
      message: `One says ${ipsOf(first.interface).join(', ')}, another ${ipsOf(other.interface).join(', ')}: one is left over from an earlier sandbox.`,
      fix: { text: 'Look whether IPAM still holds the address that the pod does not have.' },
      evidence: [first.source, other.source],
    };
  },
};

/** MN306 speaks of configs whose result network-status cannot show. */
const cannotShow = ({ network }: AttachmentFacts): boolean =>
  network?.claims.some((claim) => claim.issues.some((issue) => issue.slug === 'cni-version-missing-020')) === true;

const notReported: Rule = {
  code: 'MN719',
  scope: 'attachment',
  needs: 'node-answer',
  title: 'The node made an interface that network-status does not have',
  severity: 'warning',
  slugs: ['answer-not-reported'],
  why: 'A plugin answered that the interface is made, and network-status of the pod has no entry for it. The status was written before, cut, or overwritten; whoever reads it does not know the interface.',
  fix: 'Look into the pod whether the interface is there; create it anew to have a whole status.',
  check: (facts) => {
    const { attachment, workload } = facts;
    const answers = answersOf(facts);
    if (!workload.reported || attachment.slot === 0 || attachment.state !== 'attached' || cannotShow(facts))
      return undefined;
    if (answers.length === 0 || answers.length < attachment.observed.length) return undefined;
    return {
      slug: 'answer-not-reported',
      group: attachment.id,
      confidence: 'likely',
      title: `network-status of ${podOf(facts)} lacks ${nameOf(facts)}, which its node made`,
      message: `The node answered ${answers[0]?.source.value ?? ''}.`,
      fix: { ...lookInside(facts), commands: [...lookInside(facts).commands, ...restart(workload)] },
      evidence: [...answers.map((answer) => answer.source), ...(workload.report ? [workload.report.source] : [])],
    };
  },
};

function ofNobody({ answer, pod }: AnswerFacts): { title: string; message: string; sure: boolean } | undefined {
  if (!answer.workload) return undefined;
  const name = answer.workload.slice(answer.workload.indexOf(':') + 1);
  if (!pod) return { title: `${name} is not there`, message: `There is no pod ${name}.`, sure: false };
  if (!answer.uid || !pod.workload.uid || answer.uid === pod.workload.uid) return undefined;
  const message = `It is about the pod with uid ${answer.uid}; ${name} has uid ${pod.workload.uid} now.`;
  return { title: `${name} is another pod by now`, message, sure: true };
}

const podGone: Rule = {
  code: 'MN722',
  scope: 'answer',
  title: 'A node answered about a pod that is not there',
  severity: 'info',
  slugs: ['answer-pod-gone'],
  why: 'The file was taken before the pod went, or the node keeps what it should have removed: a DEL that never ran leaves its cached result, and often the address with it.',
  fix: 'Nothing, where the file is older than the end of the pod. Else look at what IPAM holds on that node.',
  check: (facts, world): Draft | undefined => {
    const gone = world.availability('', 'Pod') === 'present' ? ofNobody(facts) : undefined;
    if (!gone) return undefined;
    const { ref, title } = facts.answer;
    return {
      slug: 'answer-pod-gone',
      group: ref.name,
      confidence: gone.sure ? 'certain' : 'likely',
      title: `A ${title} is about a pod that does not exist: ${gone.title}`,
      message: gone.message,
      fix: { text: 'Look whether the node still holds something for it, an address above all.' },
      evidence: [{ ref, path: '/pod', value: `${facts.answer.workload ?? ''} ${facts.answer.uid ?? ''}`.trim() }],
    };
  },
};

const notReady: Rule = {
  code: 'MN723',
  scope: 'answer',
  title: 'A network of a node is not ready, its KNI runtime says',
  severity: 'warning',
  slugs: ['kni-network-not-ready'],
  why: 'KNI answers for each network of a node whether pods can be attached to it. Nothing of that reaches the Kubernetes API but the events of pods that fail.',
  fix: 'Look at the log of the network runtime on the node.',
  check: ({ answer }): readonly Draft[] =>
    (answer.networks ?? []).flatMap(({ name, ready, path }) =>
      ready
        ? []
        : {
            slug: 'kni-network-not-ready',
            group: `${answer.ref.name} ${name}`,
            confidence: 'certain',
            title: `Network ${name} is not ready${answer.node ? ` on ${answer.node}` : ''}`,
            message: 'QueryNodeNetworks answered ready: false.',
            fix: { text: 'Look at the log of the network runtime on the node.' },
            evidence: [{ ref: answer.ref, path, value: `${name} ready=false` }],
            ...(answer.node ? { subjects: [{ type: 'node', id: answer.node }] } : {}),
          },
    ),
};

/** MN716-MN719, MN722, MN723: what nodes answered, beside what the cluster reports. */
export const nodeAnswerRules: readonly Rule[] = [differs, podIpDiffers, leftOver, notReported, podGone, notReady];
