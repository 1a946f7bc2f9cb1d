import type { Availability } from '../kube/object.ts';
import type { AttachmentState, Severity } from '../model/topology.ts';
import type { Rail } from './graph-doc.ts';
import type { Health, LensDoc } from './lens-doc.ts';

/** The lens `nodes`: Kubernetes nodes, the links of each that networks stand on, and how the pods there fare on each network. */
export type NodesDoc = LensDoc<'nodes'> & {
  sources: DeviceSource[];
  /** Networks and ghosts that some use names. */
  rails: Rail[];
  nodes: NodeCard[];
  lanes: NodeLane[];
  uses: NodeUse[];
};

/** Something that reports devices of nodes; `nodes`: of how many. */
export type DeviceSource = { id: string; title: string; availability: Availability; nodes: number };

/** A node, or nodes that look the same. The counts of all cards add up to the totals of the document. */
export type NodeCard = {
  /** `node:<name>` of a single node. */
  id: string;
  kind: 'node' | 'group' | 'unplaced';
  name: string;
  /** Nodes that it stands for; 0: pods that are on no node. */
  count: number;
  node?: string;
  /** Names of at most 20 of them. */
  members: string[];
  ready: 'ready' | 'not ready' | 'unknown';
  multus: 'running' | 'absent' | 'unknown';
  /** Whether every link of the nodes is reported, some devices are, or none: what is not reported is unknown, not absent. */
  devices: 'links' | 'some' | 'none';
  pods: number;
  /** Pods without any plug: those on the network of the host. */
  plugless: number;
  /** Pods with at least one error finding. */
  broken: number;
  health: Health;
  /** Worst finding about a node itself. */
  severity?: Severity;
  trouble?: string;
  /** Links that no network stands on: at most 12 names, and how many more there are. */
  idle: string[];
  moreIdle: number;
  /** What `view.open` holds to show the nodes of this group one by one. */
  group?: string;
  expandable: boolean;
  expanded?: boolean;
};

/**
 * `missing`: pods there failed for want of it. `unreported`: nothing lists it, which proves nothing. `short`: fewer VFs than wanted.
 * In the order in which an eye should be drawn to them.
 */
export const linkStates = ['missing', 'down', 'short', 'unreported', 'up'] as const;
export type LinkState = (typeof linkStates)[number];

/** What lies between the wire and a link, the wire first: ports of a bond share a stop. */
export type LinkStop = { kind: string; name: string; down: boolean };

/** A link of a card's nodes that networks stand on: NIC, PF, bond, VLAN or bridge. */
export type NodeLane = {
  id: string;
  card: string;
  name: string;
  /** Kind of the device; `link` where nothing reports one, `resource` for VFs of an unknown NIC. */
  kind: string;
  state: LinkState;
  /** Nodes of the card that use or report it, and those of them on which it is in this state. */
  nodes: number;
  inState: number;
  chain: LinkStop[];
  mtu?: string;
  vlan?: string;
  /** Ports of switches at its wires, as LLDP tells; at most 3. */
  switchPorts: string[];
  vfs?: { made: number; wanted?: number; most?: number };
  /** Id of the device when the card is one node. */
  device?: string;
};

/** How the pods of a card are plugged into one network through one link. */
export type NodeUse = {
  id: string;
  card: string;
  /** Id of the lane; null: the network names no link. */
  lane: string | null;
  /** Id of the rail; null: the sum of what is not listed one by one. */
  rail: string | null;
  /** Networks that it stands for: more than 1 only where `rail` is null. */
  networks: number;
  nodes: number;
  /** Plugs, by state. */
  count: number;
  states: Partial<Record<AttachmentState, number>>;
  worst: AttachmentState;
  /** Further links that the network stands on there. */
  also: string[];
  /** Ids of at most 5 attachments that are in trouble. */
  troubled: string[];
};
