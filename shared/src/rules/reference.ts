import { nearest } from '../cni/text.ts';
import type { Evidence } from '../model/topology.ts';
import { annotationCommands, fromEvent, isOpen, requestEvidence } from './define.ts';
import type { AttachmentFacts, Rule, World } from './rule.ts';

const nadGroup = 'k8s.cni.cncf.io';
const nadKind = 'NetworkAttachmentDefinition';

const nadOf = ({ request }: AttachmentFacts) =>
  request?.alias?.scheme === 'nad' && !request.inert
    ? {
        alias: `nad:${request.alias.value}`,
        namespace: request.alias.value.split('/')[0] ?? '',
        name: request.alias.value.slice(request.alias.value.indexOf('/') + 1),
      }
    : undefined;

/** What was probably meant: another namespace, another case, a typo. */
function nearMiss(nad: { namespace: string; name: string }, world: World): string {
  const elsewhere = world.nadNamespaces(nad.name).filter((namespace) => namespace !== nad.namespace);
  if (elsewhere.length > 0)
    return ` One of that name is in ${elsewhere.slice(0, 3).join(', ')}: refer to it as ${elsewhere[0]}/${nad.name}.`;
  const close = nearest(nad.name, world.nadNames(nad.namespace), 2);
  if (close) return ` Did you mean ${close}?`;
  const [namespace, ...rest] = nad.name.split('/');
  if (rest.length > 0)
    return ` The name holds a slash: in JSON, namespace and name are two keys ("namespace": "${namespace}", "name": "${rest.join('/')}").`;
  return '';
}

/** MN13x: from the request to the NetworkAttachmentDefinition. */
export const referenceRules: readonly Rule[] = [
  {
    code: 'MN130',
    scope: 'attachment',
    title: 'The NetworkAttachmentDefinition does not exist',
    severity: 'error',
    slugs: ['nad-not-found'],
    why: 'Multus looks the NAD up in the namespace of the pod unless the request names another. Without it the whole sandbox fails, the default network included.',
    fix: 'Create the NAD, or correct the name or namespace in the request.',
    check: (facts, world) => {
      const nad = nadOf(facts);
      if (!nad?.name || facts.network || !isOpen(facts)) return undefined;
      if (facts.request?.issues.some((issue) => issue.severity === 'error')) return undefined;
      const said = facts.failure?.verdict.slug === 'nad-not-found';
      if (!said && world.availability(nadGroup, nadKind) !== 'present') return undefined;
      const hint = nearMiss(nad, world);
      return {
        slug: 'nad-not-found',
        group: nad.alias,
        confidence: 'certain',
        title: `NAD ${nad.namespace}/${nad.name} does not exist`,
        message: `Nothing named ${nad.name} is in namespace ${nad.namespace}.${hint}`,
        fix: {
          text: hint ? 'Correct the reference, or create the NAD.' : 'Create the NAD, or correct the reference.',
          commands: [`kubectl get net-attach-def -A | grep -i ${shellWord(nad.name)}`, ...annotationCommands(facts)],
        },
        evidence: requestEvidence(facts),
        effect: 'failed',
      };
    },
  },
  {
    code: 'MN131',
    scope: 'attachment',
    title: 'The NetworkAttachmentDefinition was deleted while in use',
    severity: 'warning',
    slugs: ['nad-deleted-in-use'],
    why: 'The interface stays as it is, but the pod cannot start again anywhere, and its removal may leave addresses and devices behind.',
    fix: 'Create the NAD again as it was, or move the pods off it.',
    check: (facts, world) => {
      const nad = nadOf(facts);
      if (!nad || facts.network || facts.attachment.state !== 'attached') return undefined;
      const seen = world.availability(nadGroup, nadKind);
      const report = world.reportedMissing(nad.alias);
      if (seen !== 'present' && seen !== 'absent' && !(report && report.at > facts.workload.pod.createdAt))
        return undefined;
      const evidence: Evidence[] = report
        ? [{ ref: report.ref, path: '/message', value: report.message.slice(0, 400) }]
        : [];
      return {
        slug: 'nad-deleted-in-use',
        group: nad.alias,
        confidence: seen === 'present' ? 'certain' : 'likely',
        title: `NAD ${nad.namespace}/${nad.name} is gone, its interfaces are still up`,
        message: `The interface is there, but its definition is not: the pod cannot start again.`,
        fix: { text: 'Create the NAD again as it was.', commands: [`kubectl -n ${nad.namespace} get net-attach-def`] },
        evidence: [...requestEvidence(facts), ...evidence],
      };
    },
  },
  {
    code: 'MN132',
    scope: 'attachment',
    title: 'Namespace isolation forbids this network',
    severity: 'error',
    slugs: ['ns-isolation'],
    why: 'With namespaceIsolation a pod may use NADs of its own namespace and of those in globalNamespaces; setting that list replaces the built-in `default`.',
    fix: 'Create the NAD in the namespace of the pod, or add its namespace to globalNamespaces.',
    check: (facts, world) => {
      const nad = nadOf(facts);
      const settings = world.settings();
      const namespace = facts.workload.workload.namespace;
      if (!nad || !settings?.namespaceIsolation || nad.namespace === namespace || !isOpen(facts)) return undefined;
      if (facts.request?.index === 'default') return undefined;
      if ((settings.globalNamespaces ?? ['default']).includes(nad.namespace)) return undefined;
      return {
        slug: 'ns-isolation',
        group: `${namespace}->${nad.namespace}`,
        confidence: 'likely',
        title: `Pods of ${namespace} may not use networks of ${nad.namespace}`,
        message: `Multus runs with namespaceIsolation, and ${nad.namespace} is not among its globalNamespaces.`,
        fix: {
          text: `Create ${nad.name} in ${namespace}, or add ${nad.namespace} to globalNamespaces.`,
          commands: [
            `kubectl -n ${nad.namespace} get net-attach-def ${nad.name} -o json | jq 'del(.metadata) + {metadata:{name:"${nad.name}",namespace:"${namespace}"}}' | kubectl apply -f -`,
          ],
        },
        evidence: [...requestEvidence(facts), { ref: settings.ref, path: settings.path }],
        effect: 'failed',
      };
    },
  },
  fromEvent('MN133', ['nad-crd-missing']),
  fromEvent('MN134', ['nad-forbidden']),
  fromEvent('MN135', ['nad-admission-ns', 'injector-nad-missing', 'nad-admission-denied']),
  fromEvent('MN136', ['default-network-probe-noise'], { severity: 'info' }),
];

const shellWord = (text: string): string => (/^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
