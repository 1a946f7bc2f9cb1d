import type { CauseGroup } from '../types.ts';

/** The default network of the pod. Not a secondary-network problem: its own CNI must be repaired first. */
export const defaultCni: CauseGroup = {
  group: 'Default network (not a secondary-network problem)',
  source: 'documentation and issue trackers of flannel, calico, cilium, amazon-vpc-cni-k8s, azure-container-networking',
  causes: [
    {
      slug: 'default-cni-flannel-not-ready',
      severity: 'critical',
      title: 'flannel is not ready on the node',
      cause:
        'flanneld writes /run/flannel/subnet.env when it has its subnet; the file is not there. Secondary networks are not involved.',
      fix: 'Check the flannel pod on that node and that the node has a podCIDR.',
      symptom: 'open /run/flannel/subnet.env: no such file or directory',
      match:
        /(?:open|stat) ?\/run\/(?:k3s-)?flannel\/subnet\.env: ?no such file or directory|loadFlannelSubnetEnv failed/,
      domain: 'default',
    },
    {
      slug: 'default-cni-calico',
      severity: 'critical',
      title: 'Calico, the default CNI, could not set up the pod',
      cause:
        'calico-node is not ready on the node, its credentials were refused, its datastore is not reachable, or its IP pool is exhausted. Secondary networks are not involved.',
      fix: 'Check the calico-node pod on that node: readiness, token, Typha and IP pools.',
      symptom:
        'stat /var/lib/calico/nodename: no such file or directory: check that the calico/node container is running',
      match: [
        /stat \/var\/lib\/calico\/nodename|calico\/node container is running|error getting ClusterInformation|ClusterInformation:? ?(?:connection is unauthorized|Get|resource)/,
        { pattern: /(?<error>[^,]{4,200})/, when: { namedPlugins: ['calico', 'calico-ipam'] }, confidence: 'likely' },
      ],
      domain: 'default',
    },
    {
      slug: 'default-cni-cilium',
      severity: 'critical',
      title: 'Cilium, the default CNI, could not set up the pod',
      cause: 'The agent on the node does not answer or refused the endpoint. Secondary networks are not involved.',
      fix: 'Check the cilium pod on that node.',
      symptom: 'unable to connect to Cilium daemon / unable to create endpoint',
      match: [
        /unable to connect to Cilium (?:daemon|agent)|Cilium API client timeout|cilium\.sock|via local cilium agent|unable to create endpoint: ?\[?PUT ?\/endpoint|Cilium agent.{0,40}?not ready/,
        { pattern: /(?<error>[^,]{4,200})/, when: { namedPlugins: ['cilium-cni'] }, confidence: 'likely' },
      ],
      domain: 'default',
    },
    {
      slug: 'default-cni-aws',
      severity: 'critical',
      title: 'The AWS VPC CNI could not give the pod an address',
      cause:
        'aws-node is not ready on the node, or the subnet or the limits of the instance have no address left. Secondary networks are not involved.',
      fix: 'Check the aws-node pod, free addresses in the subnet, and the pod limit of the instance type.',
      symptom: 'add cmd: failed to assign an IP address to container',
      match: [
        /failed to assign an IP address to container|Error received from AddNetwork gRPC call|127\.0\.0\.1:50051/,
        { pattern: /(?<error>[^,]{4,200})/, when: { namedPlugins: ['aws-cni', 'vpc-bridge'] }, confidence: 'likely' },
      ],
      domain: 'default',
    },
    {
      slug: 'default-cni-azure',
      severity: 'critical',
      title: 'The Azure CNI could not give the pod an address',
      cause:
        'The node or the subnet has no address left, or the CNS agent does not answer. Secondary networks are not involved.',
      fix: 'Check azure-cns on the node and the size of the subnet.',
      symptom: 'IPAM Invoker Add failed / Failed to allocate address',
      match: [
        /IPAM Invoker Add failed|azure-vnet-ipam|Failed to allocate pool|No available addresses in (?:the )?(?:pool|subnet)|Unable to reach CNS/,
        {
          pattern: /(?<error>[^,]{4,200})/,
          when: { namedPlugins: ['azure-vnet', 'azure-ipam'] },
          confidence: 'likely',
        },
      ],
      domain: 'default',
    },
    {
      slug: 'default-cni-weave',
      severity: 'critical',
      title: 'Weave Net, the default CNI, could not set up the pod',
      cause: 'The weave pod on the node does not answer. Secondary networks are not involved.',
      fix: 'Check the weave-net pod on that node.',
      symptom: 'unable to allocate IP address: Post http://127.0.0.1:6784/ip/',
      match: [
        /127\.0\.0\.1:6784/,
        { pattern: /(?<error>[^,]{4,200})/, when: { namedPlugins: ['weave-net'] }, confidence: 'likely' },
      ],
      domain: 'default',
    },
    {
      slug: 'default-cni-antrea',
      severity: 'critical',
      title: 'Antrea, the default CNI, could not set up the pod',
      cause: 'antrea-agent on the node does not answer, or has no addresses left. Secondary networks are not involved.',
      fix: 'Check the antrea-agent pod on that node.',
      symptom: 'dial unix /var/run/antrea/cni.sock',
      match: [
        /\/var\/run\/antrea\/cni\.sock/,
        { pattern: /(?<error>[^,]{4,200})/, when: { namedPlugins: ['antrea'] }, confidence: 'likely' },
      ],
      domain: 'default',
    },
    {
      slug: 'default-cni-openshift-sdn',
      severity: 'critical',
      title: 'OpenShift SDN, the default CNI, could not set up the pod',
      cause: 'The sdn pod on the node does not answer or refused the pod. Secondary networks are not involved.',
      fix: 'Check the sdn pod on that node.',
      symptom: 'failed to send CNI request: dial unix /var/run/openshift-sdn/cniserver/socket',
      match: [
        /\/var\/run\/openshift-sdn\/|OpenShift SDN network process is not \(?yet|failed to find netid for namespace/,
        { pattern: /(?<error>[^,]{4,200})/, when: { namedPlugins: ['openshift-sdn'] }, confidence: 'likely' },
      ],
      domain: 'default',
    },
  ],
};
