import type { WatchedKind } from '../kube/watched-kind.ts';
import { kindKey } from '../kube/watched-kind.ts';
import { antrea } from './antrea.ts';
import { calico } from './calico.ts';
import { cilium } from './cilium.ts';
import { danm } from './danm.ts';
import { defaultNetwork } from './default-network.ts';
import { dra } from './dra.ts';
import { gke } from './gke.ts';
import { ipamClaim } from './ipam-claim.ts';
import { kubeOvn } from './kube-ovn.ts';
import { kubernetes } from './kubernetes.ts';
import { kubevirt } from './kubevirt.ts';
import { multiNetworkPolicy } from './multi-networkpolicy.ts';
import { nmstate } from './nmstate.ts';
import { nodeAnswers } from './node-answers.ts';
import { npwg } from './npwg.ts';
import { objectEvents } from './object-events.ts';
import { ovnKubernetes } from './ovn-kubernetes.ts';
import { podNetwork } from './pod-network.ts';
import type { Provider } from './provider.ts';
import { spiderpool } from './spiderpool.ts';
import { sriov } from './sriov.ts';
import { whereabouts } from './whereabouts.ts';

/** One line a provider. Requests of one pod take their slots in this order. */
export const providers: readonly Provider[] = [
  kubernetes,
  defaultNetwork,
  npwg,
  podNetwork,
  kubevirt,
  ovnKubernetes,
  kubeOvn,
  danm,
  dra,
  gke,
  antrea,
  cilium,
  whereabouts,
  spiderpool,
  calico,
  sriov,
  nmstate,
  ipamClaim,
  multiNetworkPolicy,
  nodeAnswers,
  objectEvents,
];

/** Every kind that some of these providers watches, once. */
export const watchedBy = (list: readonly Provider[]): WatchedKind[] => [
  ...new Map(list.flatMap((provider) => provider.kinds).map((kind) => [kindKey(kind), kind])).values(),
];

export const watchedKinds: readonly WatchedKind[] = watchedBy(providers);
