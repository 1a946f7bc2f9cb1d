import type { Domain } from './types.ts';

/** Whose problem a message tells of, in words for people. */
const _domains: Record<Domain, { title: string; next: string }> = {
  secondary: {
    title: 'A secondary network could not be attached',
    next: 'Look at the NetworkAttachmentDefinition that the message points to, and at the node of the pod.',
  },
  default: {
    title: 'Not a secondary-network problem: the default network of the pod failed',
    next: 'Look at the pods of the cluster’s default CNI on that node; secondary networks come after it.',
  },
  node: {
    title: 'A problem of the node or its container runtime',
    next: 'Other pods on the node fail alike; look at the kubelet, the runtime and the Multus pod there.',
  },
  'not-network': {
    title: 'Not a network problem',
    next: 'The attachments of the pod are not involved; follow the event itself.',
  },
  unknown: {
    title: 'Nothing Busbar knows',
    next: 'Look at the events around it and at the logs of the component that wrote it.',
  },
};
