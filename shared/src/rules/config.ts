import type { Ref } from '../kube/object.ts';
import { configEvidence, editNad, fromConfigIssue } from './define.ts';
import type { Draft, NetworkFacts, Rule } from './rule.ts';

const isSame = (a: Ref, b: Ref): boolean => a.namespace === b.namespace && a.name === b.name;

/** The NAD without a config: whether a file of that name is on the nodes cannot be seen. */
function emptySpec(network: NetworkFacts, failed: boolean): Draft | undefined {
  // Several providers may speak of one definition: that of Multus has the config.
  const claim = network.claims.find(
    ({ ref }) =>
      ref.kind === 'NetworkAttachmentDefinition' &&
      !network.claims.some(
        (other) =>
          other.config && other.config.read.kind !== 'empty' && other.ref.kind === ref.kind && isSame(other.ref, ref),
      ),
  );
  if (!claim) return undefined;
  const name = `${claim.namespace ?? ''}/${claim.name}`;
  return {
    slug: 'nad-empty-spec-no-file',
    group: `nad-empty-spec-no-file:${name}`,
    severity: failed ? 'error' : 'info',
    confidence: failed ? 'certain' : 'possible',
    title: failed ? `${name} has no config, and the node has no file for it` : `${name} has no config of its own`,
    message: `Multus uses the file of each node whose "name" is ${claim.name}, in /etc/cni/multus/net.d unless configured otherwise.`,
    fix: {
      text: 'Put the config into spec.config, or its file on every node.',
      commands: editNad(claim),
      patch: `spec:\n  config: '{"cniVersion": "0.3.1", "type": "..."}'`,
    },
    evidence: [claim.config ? configEvidence(claim) : { ref: claim.ref, path: '/metadata/name', value: claim.name }],
    subjects: [{ type: 'network', id: network.network.id }],
    ...(failed ? { effect: 'failed' as const } : {}),
  };
}

const emptyTexts = {
  code: 'MN307',
  title: 'The NAD has no config, and a file on the node is needed',
  severity: 'error' as const,
  why: 'A NAD with an empty spec stands for the file of that name on each node. Without the file the pod cannot be attached.',
  fix: 'Put the config into spec.config, or its file on every node.',
};

const versionTexts = {
  title: 'The config has no cniVersion',
  severity: 'warning' as const,
  why: 'Without cniVersion the plugin answers in the format of CNI 0.2.0, which has no interfaces: the pod gets its interface, but network-status has no entry for it.',
  fix: 'Add "cniVersion": "0.3.1" or newer.',
  patch: '"cniVersion": "0.3.1"',
};

const [, versionOnNetwork] = fromConfigIssue('MN306', ['cni-version-missing-020'], versionTexts);

/** MN301-MN319: the config as a whole, whichever plugin it is for. */
export const configRules: readonly Rule[] = [
  ...fromConfigIssue('MN301', ['nad-config-not-json']),
  ...fromConfigIssue('MN302', ['nad-config-not-object']),
  ...fromConfigIssue('MN303', ['nad-no-type']),
  ...fromConfigIssue('MN304', ['nad-plugins-invalid']),
  ...fromConfigIssue('MN305', ['nad-unmarshal-conf']),
  {
    code: 'MN306',
    scope: 'attachment',
    needs: 'unattached',
    slugs: ['cni-version-missing-020'],
    ...versionTexts,
    check: (facts) => {
      const { attachment, workload, network, request } = facts;
      if (attachment.state !== 'missing' || !workload.reported || !network || request?.inert) return undefined;
      const claim = network.claims.find((item) => item.issues.some((one) => one.slug === 'cni-version-missing-020'));
      if (!claim) return undefined;
      return {
        slug: 'cni-version-missing-020',
        group: `cni-version-missing-020:${network.network.id}`,
        confidence: 'likely',
        title: `network-status cannot show ${claim.namespace ?? ''}/${claim.name}: its config has no cniVersion`,
        message: 'The plugin reports no interface. Whether it is there cannot be told from the API.',
        fix: { text: 'Add "cniVersion": "0.3.1" to the config.', commands: editNad(claim), patch: versionTexts.patch },
        evidence: [configEvidence(claim)],
        effect: 'unknown',
      };
    },
  },
  versionOnNetwork,
  {
    ...emptyTexts,
    scope: 'attachment',
    needs: 'failure',
    slugs: ['nad-empty-spec-no-file'],
    check: (facts) =>
      facts.network && facts.failure?.verdict.slug === 'nad-empty-spec-no-file'
        ? emptySpec(facts.network, true)
        : undefined,
  },
  { ...emptyTexts, scope: 'network', slugs: [], check: (network) => emptySpec(network, false) },
  ...fromConfigIssue('MN308', ['not-chained']),
  ...fromConfigIssue('MN309', ['multus-self-delegation']),
  ...fromConfigIssue('MN310', ['cni-invalid-network-name', 'cni-missing-network-name']),
  ...fromConfigIssue('MN311', ['cni-version-unsupported', 'cni-result-version'], { patch: versionTexts.patch }),
  ...fromConfigIssue('MN312', ['nad-type-and-plugins'], {
    title: 'The config has both "type" and "plugins"',
    severity: 'warning',
    why: 'Multus takes "type" and ignores the list: the plugins in it never run.',
    fix: 'Keep one of the two. A chain belongs into "plugins", with "type" in each of them.',
  }),
  ...fromConfigIssue('MN313', ['nad-config-too-large'], {
    title: 'The config is too large to be read here',
    severity: 'info',
    why: 'Busbar reads configs of a bounded size and depth, so that no single object can slow it down.',
    fix: 'Make the config smaller.',
  }),
  ...fromConfigIssue('MN314', ['plugin-field-type'], {
    title: 'A field of the config has the wrong type',
    why: 'The plugin decodes its config strictly: a number as text, or text where a list is wanted, makes it refuse the whole.',
    fix: 'Write the value in the type that the message names.',
  }),
  ...fromConfigIssue('MN315', ['plugin-field-value'], {
    title: 'A field of the config has a value that the plugin refuses',
    why: 'The plugin takes only certain values for this field and refuses the config otherwise.',
    fix: 'Use one of the values that the message names.',
  }),
  ...fromConfigIssue('MN316', ['plugin-key-typo'], {
    title: 'A key of the config is probably misspelt',
    severity: 'warning',
    why: 'Plugins skip keys that they do not know without a word, so what a misspelt key should do does not happen.',
    fix: 'Correct the key.',
  }),
  ...fromConfigIssue('MN317', ['plugin-key-unknown'], {
    title: 'A key of the config is not one of its plugin',
    severity: 'info',
    why: 'Plugins skip keys that they do not know without a word. It may belong to another plugin, or to a newer version of this one.',
    fix: 'Remove the key, or check which plugin reads it.',
  }),
];
