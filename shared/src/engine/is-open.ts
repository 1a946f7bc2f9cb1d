import type { AttachmentFacts } from '../rules/rule.ts';

/** True while the pod still has to get this attachment: what is wrong now will stop it. */
export const isOpen = ({ attachment, workload }: AttachmentFacts): boolean =>
  !workload.pod.sandbox &&
  !workload.pod.finished &&
  !workload.pod.terminating &&
  !workload.workload.hostNetwork &&
  attachment.state !== 'ignored';
