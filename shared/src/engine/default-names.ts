/** Config names that the default network's plugins give themselves; a NAD of such a name is looked at first. */
export const wellKnownDefaults = [
  'cbr0',
  'k8s-pod-network',
  'ovn-kubernetes',
  'kindnet',
  'cilium',
  'aws-cni',
  'flannel',
  'weave',
  'kubenet',
  'antrea',
  'canal',
  'kube-ovn',
  'azure',
  'gke-pod-network',
  'calico',
  'openshift-sdn',
];
