import type { CauseGroup } from '../types.ts';

const nad = 'network-attachment-definitions?\\.k8s\\.cni\\.cncf\\.io';
const notFound = new RegExp(
  `cannot find (?:a |the )?network-attachment-definition \\((?<network>[^)/]{1,253})\\) in namespace \\((?<namespace>[^)]{0,253})\\):? ?${nad} "[^"]{0,253}" not found`,
);
const noisyNamespaces =
  /^cannot find a network-attachment-definition \((?<network>[^)]{1,253})\) in namespace \((?<namespace>kube-system|openshift-multus)\)/;

/** From the reference to the NetworkAttachmentDefinition (semantics.md section 3). */
export const reference: CauseGroup = {
  group: 'NAD reference',
  source: 'multus-cni pkg/k8sclient/k8sclient.go',
  secondary: true,
  causes: [
    {
      slug: 'sel-empty-item',
      severity: 'error',
      title: 'The networks annotation has an empty item',
      cause:
        'A trailing or double comma, a blank annotation, "@if" or "ns/" yields an item without a name, which Multus then looks up.',
      fix: 'Remove the empty item from k8s.v1.cni.cncf.io/networks.',
      symptom: 'cannot find a network-attachment-definition () in namespace: resource name may not be empty',
      match: /cannot find (?:a |the )?network-attachment-definition \(\) in namespace \((?<namespace>[^)]{0,253})\)/,
    },
    {
      slug: 'sel-slash-in-json-name',
      severity: 'error',
      title: 'namespace/name was written into the JSON name field',
      cause: 'In the JSON form the name is taken literally and never split at the slash.',
      fix: 'Use separate keys: {"namespace": "ns", "name": "net"}.',
      symptom: 'cannot find a network-attachment-definition (ns/name) in namespace',
      match:
        /cannot find (?:a |the )?network-attachment-definition \((?<nsInName>[^)/]{1,253})\/(?<network>[^)]{1,253})\) in namespace \((?<namespace>[^)]{0,253})\)/,
    },
    {
      slug: 'nad-crd-missing',
      severity: 'error',
      title: 'The NetworkAttachmentDefinition CRD is not installed',
      cause: 'The API server does not know the resource network-attachment-definitions of group k8s.cni.cncf.io.',
      fix: 'Install the CRD that comes with Multus.',
      symptom: 'cannot find a network-attachment-definition: the server could not find the requested resource',
      match: [
        /(?:cannot find a network-attachment-definition|failed to get network resource).{0,300}?the server could not find the requested resource/,
        /no matches for kind "NetworkAttachmentDefinition"/,
      ],
    },
    {
      slug: 'nad-forbidden',
      severity: 'error',
      title: 'Multus may not read NetworkAttachmentDefinitions',
      cause: 'The service account of Multus lacks the right to get the NAD.',
      fix: 'Restore the ClusterRole and ClusterRoleBinding that come with Multus.',
      symptom: 'network-attachment-definitions.k8s.cni.cncf.io is forbidden: User cannot get resource',
      match:
        /network-attachment-definitions?\.k8s\.cni\.cncf\.io (?:"(?<network>[^"]{0,253})" )?is forbidden(?:: User "(?<user>[^"]{0,253}))?(?:.{0,200}?in the namespace "(?<namespace>[^"]{1,253}))?/,
    },
    {
      slug: 'ns-isolation',
      severity: 'error',
      title: 'Namespace isolation forbids this network',
      cause:
        'Multus runs with namespaceIsolation, and the network lives neither in the namespace of the pod nor in one of globalNamespaces. Setting globalNamespaces replaces the built-in entry default.',
      fix: 'Create the NAD in the namespace of the pod, or add its namespace to globalNamespaces.',
      symptom: 'namespace isolation enabled, annotation violates permission',
      match: [
        /namespace isolation enabled(?:, annotation violates permission)?,? ?pod is in namespace (?<podNamespace>[^\s]{1,253}?) but refers to target namespace (?<targetNamespace>[a-z0-9-]{1,253})/,
        /namespace isolation violation:? ?podnamespace:? ?(?<podNamespace>[a-z0-9-]{1,253}) ?\/ ?target namespace:? ?(?<targetNamespace>[a-z0-9-]{1,253})/,
        /namespace isolation (?:enabled|violation)/,
      ],
    },
    {
      slug: 'nad-admission-ns',
      severity: 'error',
      title: 'The admission controller refuses networks of other namespaces',
      cause: 'A webhook rejects pods whose annotation names a network as namespace/name.',
      fix: 'Create the NAD in the namespace of the pod and name it without a namespace.',
      symptom: 'annotations must not refer to namespaced values',
      match: /annotations? must not refer to namespaced values/,
    },
    {
      slug: 'injector-nad-missing',
      severity: 'error',
      title: 'The network resources injector did not find the NAD',
      cause:
        'The injector resolves the annotation when the pod is created, before Multus, and refuses the pod when the NAD does not exist.',
      fix: 'Create the NAD before the pod, in the namespace that the annotation names.',
      symptom: "could not find network attachment definition 'ns/name'",
      match:
        /could not (?:find|get) network attachment definition '?(?<namespace>[^'/\s]{0,253})\/(?<network>[^':\s]{1,253})/,
    },
    {
      slug: 'default-network-probe-noise',
      severity: 'info',
      title: 'Multus probed for a NAD of the default network first',
      cause:
        'When clusterNetwork is given by name Multus looks for a NAD in its own namespace, posts this event and then falls back to the file on the node.',
      fix: 'Nothing to do if eth0 was added right after.',
      symptom: 'NoNetworkFound: cannot find a network-attachment-definition in namespace (kube-system)',
      match: noisyNamespaces,
      when: { reasons: ['NoNetworkFound'] },
      domain: 'default',
      confidence: 'likely',
    },
    {
      slug: 'nad-not-found',
      severity: 'error',
      title: 'The NetworkAttachmentDefinition does not exist',
      cause:
        'No NAD of that name exists in that namespace: missing, misspelt, or in another namespace. Without a namespace the annotation means that of the pod.',
      fix: 'Create the NAD, or correct the reference (namespace/name).',
      symptom: 'cannot find a network-attachment-definition ... not found',
      match: [
        notFound,
        /cannot find (?:a |the )?network-attachment-definition \((?<network>[^)/]{1,253})\) in namespace \((?<namespace>[^)]{0,253})\)(?=.{0,200}?not ?found)/,
        {
          pattern: /network-attachment-definitions?\.k8s\.cni\.cncf\.io "(?<network>[^"]{1,253})" not found/,
          when: { test: ({ core }) => !/clusterNetwork|GetDefaultNetworks|virt-|virtualmachine/i.test(core) },
        },
        {
          pattern:
            /cannot find (?:a |the )?network-attachment-definition \((?<network>[^)/]{1,253})\) in namespace \((?<namespace>[^)]{0,253})\)/,
          late: true,
          confidence: 'likely',
        },
        {
          pattern:
            /failed to get network resource, failed getting the (?:custom resource|CRD) for "?(?<network>[^"\s]{1,253})/,
          late: true,
          confidence: 'likely',
        },
      ],
    },
  ],
};
