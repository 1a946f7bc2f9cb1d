import type { Ref } from '../kube/object.ts';

export type Requirement = { key: string; operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'; values: string[] };

/** A label selector. `labels` are the pairs of matchLabels. */
export type Selector = { labels: [key: string, value: string][]; expressions: Requirement[] };

export type PolicyPeer = { kind: 'pods' | 'ipBlock' | 'empty'; path: string; cidr?: string; except: string[] };

/** A port of a rule, as it is written: a number or a name; `endPort` since v1beta2. */
export type PolicyPort = { path: string; port?: number | string; endPort?: number };

/** A MultiNetworkPolicy: NetworkPolicy for the interfaces of the networks that its annotation names. */
export type PolicyClaim = {
  id: string;
  ref: Ref;
  namespace: string;
  name: string;
  /** The text of the annotation policy-for; absent: the policy is skipped. */
  policyFor?: string;
  /** `ns/name` of each NAD it names. */
  networks: string[];
  selector: Selector;
  types: ('Ingress' | 'Egress')[];
  /** Number of rules per direction. */
  rules: { Ingress: number; Egress: number };
  peers: PolicyPeer[];
  /** Those that are ranges, or no ports at all. */
  ports: PolicyPort[];
};

/** A DaemonSet that acts on policies. `plugins`: types of networks that it acts on; null: its arguments do not say. */
export type EnforcerClaim = {
  ref: Ref;
  kind: 'iptables' | 'nftables' | 'tc' | 'ovn-kubernetes' | 'other';
  plugins: string[] | null;
  path: string;
};
