import type { CauseGroup } from '../types.ts';

/**
 * Webhooks of networking projects, by the names in their manifests: `network-resources-injector-config.k8s.io`,
 * `multus-webhook.k8s.io`, `net-attach-def-admission-controller-*.k8s.cni.cncf.io`, `spidercoordinator.spiderpool.spidernet.io`,
 * `mutatepods.kubemacpool.io`, `pod-ip-validator.kube-ovn.io`, `ovn-kubernetes` ...
 */
const ours =
  '[\\w.-]{0,120}?(?:network-resources-injector|net-?attach|multus|cni\\.cncf\\.io|sriov|spiderpool|kubemacpool|kube-?ovn|ovn-kubernetes|k8s\\.ovn\\.org|whereabouts|danm|dranet|networking\\.gke\\.io|network-node-identity)[\\w.-]{0,120}';

/** A pod with networks passes these before it exists: what goes wrong there shows on whoever makes the pod. */
export const admission: CauseGroup = {
  group: 'Admission of pods with networks',
  source: 'kubernetes apiserver admission; network-resources-injector, kubemacpool, spiderpool, kube-ovn',
  causes: [
    {
      slug: 'network-webhook-down',
      severity: 'error',
      title: 'A webhook of the networks does not answer',
      cause:
        'The API server asks this webhook before it makes the pod, and got no answer: its pod does not run, its service has no endpoint, or its certificate is not trusted. Until it answers no pod that it is asked about can be made.',
      fix: 'Look at the pods and endpoints of the service in the message; where the certificate is refused, at the caBundle of the webhook configuration.',
      symptom: 'failed calling webhook "network-resources-injector-config.k8s.io"',
      match: new RegExp(`failed calling (?:admission )?webhook "?(?<webhook>${ours})"?(?:: ?(?<detail>.{1,300}))?`),
      domain: 'secondary',
    },
    {
      slug: 'network-webhook-denied',
      severity: 'error',
      title: 'A webhook of the networks said no',
      cause:
        'A networking project checks pods and its own objects before they exist, and refused this one, so there is none. The words after "denied the request" say what it does not like.',
      fix: 'Correct the object as the message says; of a pod that is the annotation in the template of its owner.',
      symptom: 'admission webhook "network-resources-injector-config.k8s.io" denied the request',
      match: new RegExp(
        `admission webhook "?(?<webhook>${ours})"? denied the request(?: without explanation)?:? ?(?<detail>.{0,300})`,
      ),
      domain: 'secondary',
      late: true,
      confidence: 'certain',
    },
    {
      slug: 'network-policy-denied',
      severity: 'error',
      title: 'An admission policy of the networks refuses the pod',
      cause: 'A ValidatingAdmissionPolicy that a networking project has installed refuses what the pod asks for.',
      fix: 'Correct the template of the owner as the message says.',
      symptom: "ValidatingAdmissionPolicy 'user-defined-networks' denied request",
      match: new RegExp(
        `ValidatingAdmissionPolicy '(?<policy>(?:${ours}|[\\w.-]{0,80}user-defined-networks?[\\w.-]{0,80}))' with binding '[^']{1,253}' denied request:? ?(?<detail>.{0,300})`,
      ),
      domain: 'secondary',
      late: true,
      confidence: 'certain',
    },
  ],
};
