/** An interface of a pod as its node tells of it: inside the pod, never the end on the host. */
export type AnsweredInterface = {
  name?: string;
  addresses: { ip: string; prefixLength?: number }[];
  mac?: string;
  mtu?: number;
  gateways?: string[];
  pciId?: string;
  socketPath?: string;
};

/**
 * `cni-cache`: libcni's cached result (/var/lib/cni/results); `cni-result`: a bare ADD result; `kni`: KNI's QueryPodNetwork and its
 * kin; `cni-v2`: AddAttachment of the CNI 2.0 draft; `sandbox`: `crictl inspectp`.
 */
export type AnswerSource = 'cni-cache' | 'cni-result' | 'kni' | 'cni-v2' | 'sandbox';

/** What a node answers about one pod sandbox. `path`: JSON pointer to it within its document. */
export type NodeAnswer = {
  source: AnswerSource;
  path: string;
  pod: { namespace?: string; name?: string; uid?: string };
  /** Id of the pod sandbox: CNI's containerID. */
  sandbox?: string;
  netns?: string;
  node?: string;
  /** Name in the CNI config, which is not the name of a NAD. */
  network?: string;
  /** The CNI config with which it was made, as JSON text. */
  config?: string;
  interfaces: AnsweredInterface[];
  /** Of the node itself (QueryNodeNetworks), which is about no pod. */
  networks?: { name: string; ready: boolean }[];
};

/** `reason`: why a document that looks like an answer is none. */
export type AnswerReading = { answers: NodeAnswer[]; reason?: string };
