import { sh } from '../kube/shell.ts';
import { configEvidence, editNad } from './define.ts';
import type { AttachmentFacts, Rule, World } from './rule.ts';

/** Plugins that put their interface on one of the node. Others say "Link not found" of other things. */
const haveMaster = new Set(['macvlan', 'ipvlan', 'vlan', 'unknown']);

const masterOf = ({ failure, network }: AttachmentFacts): string | undefined =>
  failure?.verdict.captures['master'] ?? network?.network.uplinks.find((uplink) => uplink.device)?.device;

/** Where a word stands in a config, so that evidence can mark it. */
function placeOf(text: string, word: string | undefined): { offset?: number; length?: number } {
  const offset = word ? text.indexOf(`"${word}"`) : -1;
  return word && offset >= 0 ? { offset, length: word.length + 2 } : {};
}

/** Nodes on which the same NAD works: the interface is there, so that nodes differ. */
function elsewhere({ network, workload }: AttachmentFacts, world: World): string {
  const nodes = network ? world.nodesOf(network.network.id).filter((name) => name !== workload.workload.node) : [];
  if (nodes.length === 0) return '';
  const named = nodes.slice(0, 3).join(', ');
  const rest = nodes.length > 3 ? ` and ${nodes.length - 3} more` : '';
  return ` On ${named}${rest} the same network is attached: the nodes differ.`;
}

/** Semantics 7.1: "Link not found" alone means that the master of macvlan, ipvlan or vlan is missing on that node. */
export const masterRule: Rule = {
  code: 'MN401',
  scope: 'attachment',
  needs: 'failure',
  title: 'The master interface is not on the node',
  severity: 'error',
  slugs: ['master-not-found', 'master-differs-per-node'],
  why: 'macvlan, ipvlan and vlan put the interface of the pod on an interface of the node. Without it the kernel answers "Link not found". Nodes often name their interfaces differently.',
  fix: 'Correct "master" in the NAD, or use a NAD per kind of node and keep the pods there.',
  check: (facts, world) => {
    if (facts.failure?.verdict.slug !== 'master-not-found') return undefined;
    const technology = facts.network?.network.technology ?? 'unknown';
    const network = facts.request?.requested.network ?? 'the network';
    const known = haveMaster.has(technology);
    const master = known ? masterOf(facts) : undefined;
    const node = facts.workload.workload.node ?? 'the node';
    const claim = facts.network?.claims.find((item) => item.config);
    const what = master ?? (known ? `The master of ${network}` : `A link that ${technology} needs for ${network}`);
    return {
      slug: 'master-not-found',
      group: `${node}/${master ?? network}`,
      confidence: facts.failure.verdict.confidence,
      title: `${what} is missing on ${node}`,
      message: `${technology === 'unknown' ? 'The plugin' : technology} of ${network} finds no such interface.${elsewhere(facts, world)}`,
      fix: {
        text: 'Correct "master" in the NAD, or keep the pods on nodes that have the interface.',
        commands: [sh`kubectl debug node/${node} -it --image=busybox -- ip link`, ...(claim ? editNad(claim) : [])],
      },
      evidence: claim ? [configEvidence(claim, placeOf(claim.config?.text ?? '', master))] : [],
      subjects: facts.workload.workload.node ? [{ type: 'node', id: facts.workload.workload.node }] : [],
      effect: 'failed',
    };
  },
};
