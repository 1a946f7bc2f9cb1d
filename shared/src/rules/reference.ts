import { nearest } from '../cni/text.ts';
import { sh } from '../kube/shell.ts';
import type { Evidence } from '../model/topology.ts';
import { annotationCommands, fromEvent, isOpen, requestEvidence } from './define.ts';
import { perFacts } from './memo.ts';
import type { AttachmentFacts, Rule, World } from './rule.ts';

const nadGroup = 'k8s.cni.cncf.io';
const nadKind = 'NetworkAttachmentDefinition';

const nadOf = ({ request }: AttachmentFacts) =>
  request?.alias?.scheme === 'nad' && !request.inert && !request.implicit
    ? {
        alias: `nad:${request.alias.value}`,
        namespace: request.alias.value.split('/')[0] ?? '',
        name: request.alias.value.slice(request.alias.value.indexOf('/') + 1),
      }
    : undefined;

/** A network may be known by what a NAD is to be made of, such as an SriovNetwork, before there is one: Multus needs the NAD. */
const hasNad = ({ network }: AttachmentFacts): boolean =>
  network?.claims.some(({ ref }) => ref.kind === nadKind) ?? false;

/** Many pods ask for one name that is not there. */
const nearestIn = perFacts((_: readonly string[]) => new Map<string, string | undefined>());

/** What was probably meant, and its full name where one can be told: another case, another namespace, a typo. */
function nearMiss(nad: { namespace: string; name: string }, world: World): { words: string; meant?: string } {
  const here = world.nadNames(nad.namespace);
  const other = here.find((name) => name.toLowerCase() === nad.name.toLowerCase());
  if (other) return { words: ` Did you mean ${other}? Names are lower case.`, meant: `${nad.namespace}/${other}` };
  const elsewhere = world.nadNamespaces(nad.name).filter((namespace) => namespace !== nad.namespace);
  const [first] = elsewhere;
  if (first) {
    const words = ` One of that name is in ${elsewhere.slice(0, 3).join(', ')}: refer to it as ${first}/${nad.name}.`;
    return { words, meant: `${first}/${nad.name}` };
  }
  const known = nearestIn(here);
  const close = known.has(nad.name) ? known.get(nad.name) : nearest(nad.name, here, 2);
  known.set(nad.name, close);
  return close ? { words: ` Did you mean ${close}?`, meant: `${nad.namespace}/${close}` } : { words: '' };
}

/** Multus looks an unqualified default network up in its own namespace, whatever the pod's. */
const isUnqualifiedDefault = ({ request, element }: AttachmentFacts): boolean =>
  request?.index === 'default' && element?.qualified === false;

/** The annotation with one reference replaced, where it stands alone. */
const replaced = ({ workload, element }: AttachmentFacts, meant: string): string | undefined => {
  const only = workload.attachments.filter(({ request }) => typeof request?.index === 'number' && !request.inert);
  if (only.length !== 1 || !element || element.raw.startsWith('{')) return undefined;
  return element.interface ? `${meant}@${element.interface}` : meant;
};

/** MN13x: from the request to the NetworkAttachmentDefinition. */
export const referenceRules: readonly Rule[] = [
  {
    code: 'MN130',
    scope: 'attachment',
    needs: 'open',
    title: 'The NetworkAttachmentDefinition does not exist',
    severity: 'error',
    slugs: ['nad-not-found'],
    explains: ['default-net-wrong-ns'],
    why: 'Multus looks the NAD up in the namespace of the pod unless the request names another. Without it the whole sandbox fails, the default network included.',
    fix: 'Create the NAD, or correct the name or namespace in the request.',
    check: (facts, world) => {
      const nad = nadOf(facts);
      if (!nad?.name || hasNad(facts) || !isOpen(facts)) return undefined;
      if (facts.request?.issues.some((issue) => issue.severity === 'error') || isUnqualifiedDefault(facts))
        return undefined;
      const said = facts.failure?.verdict.slug === 'nad-not-found';
      const { words, meant } = nearMiss(nad, world);
      const known = said || world.availability(nadGroup, nadKind) === 'present';
      // Beside manifests alone the cluster may hold anything: only a likely slip is worth a word.
      const slip = facts.workload.pod.planned && meant !== undefined;
      if (!known && !slip) return undefined;
      return {
        slug: 'nad-not-found',
        group: nad.alias,
        ...(known ? {} : { severity: 'warning' as const }),
        confidence: known ? 'certain' : 'possible',
        title: known
          ? `NAD ${nad.namespace}/${nad.name} does not exist`
          : `NAD ${nad.namespace}/${nad.name} is not among the manifests`,
        message: `Nothing named ${nad.name} is in namespace ${nad.namespace}.${words}`,
        fix: {
          text: meant ? `Refer to ${meant}, or create the NAD.` : 'Create the NAD, or correct the reference.',
          commands: [
            sh`kubectl get net-attach-def -A | grep -i -- ${nad.name}`,
            ...(meant ? annotationCommands(facts, replaced(facts, meant)) : annotationCommands(facts)),
          ],
        },
        evidence: requestEvidence(facts),
        ...(known ? { effect: 'failed' as const } : {}),
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
      if (facts.network || facts.attachment.state !== 'attached') return undefined;
      const nad = nadOf(facts);
      if (!nad) return undefined;
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
        fix: {
          text: 'Create the NAD again as it was.',
          commands: [sh`kubectl -n ${nad.namespace} get net-attach-def`],
        },
        evidence: [...requestEvidence(facts), ...evidence],
      };
    },
  },
  {
    code: 'MN132',
    scope: 'attachment',
    needs: 'open',
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
            sh`kubectl -n ${nad.namespace} get net-attach-def ${nad.name} -o json | jq '{apiVersion, kind, metadata: {name: .metadata.name}, spec}' | kubectl -n ${namespace} apply -f -`,
          ],
        },
        evidence: [...requestEvidence(facts), { ref: settings.ref, path: settings.path }],
        effect: 'failed',
      };
    },
  },
  {
    code: 'MN137',
    scope: 'attachment',
    needs: 'open',
    title: 'The default network is looked up in the namespace of Multus',
    severity: 'error',
    slugs: ['default-net-wrong-ns'],
    explains: ['nad-not-found'],
    why: 'A name without a namespace in v1.multus-cni.io/default-network stands for a NAD in kube-system (or whatever multusNamespace says), not in the namespace of the pod.',
    fix: 'Write namespace/name, or create the NAD there.',
    check: (facts, world) => {
      const nad = nadOf(facts);
      if (!nad?.name || facts.network || !isOpen(facts) || !isUnqualifiedDefault(facts)) return undefined;
      if (world.availability(nadGroup, nadKind) !== 'present' && !facts.workload.failure) return undefined;
      const own = `${facts.workload.workload.namespace}/${nad.name}`;
      const exists = world.network(`nad:${own}`) !== undefined;
      return {
        slug: 'default-net-wrong-ns',
        group: `${nad.alias}:${facts.workload.workload.namespace}`,
        confidence: 'certain',
        title: `There is no NAD ${nad.name} in ${nad.namespace} for the default network`,
        message: exists
          ? `There is one in the namespace of the pod: write ${own}.`
          : `Nothing of that name is in ${nad.namespace}.`,
        fix: {
          text: `Write ${exists ? own : `namespace/${nad.name}`}, or create the NAD in ${nad.namespace}.`,
          commands: annotationCommands(facts, exists ? own : undefined),
        },
        evidence: requestEvidence(facts),
        effect: 'failed',
      };
    },
  },
  fromEvent('MN133', ['nad-crd-missing']),
  fromEvent('MN134', ['nad-forbidden']),
  fromEvent('MN136', ['default-network-probe-noise'], { severity: 'info' }),
];
