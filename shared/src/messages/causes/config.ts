import type { CauseGroup } from '../types.ts';

/** What is written in spec.config, whatever the plugin (semantics.md section 8). */
export const config: CauseGroup = {
  group: 'Network configuration',
  source: 'multus-cni pkg/types/conf.go, containernetworking/cni libcni',
  causes: [
    {
      slug: 'nad-config-not-object',
      severity: 'error',
      title: 'spec.config of the NAD is JSON, but not an object',
      cause: 'Multus decodes spec.config as an object; a list or a string is refused.',
      fix: 'Write one object; for several plugins use {"name": ..., "plugins": [...]}.',
      symptom:
        'failed to unmarshal Spec.Config: json: cannot unmarshal array into Go value of type map[string]interface {}',
      match: /failed to unmarshal Spec\.Config: json: cannot unmarshal (?<jsonType>\w{1,16}?) into Go value/,
    },
    {
      slug: 'nad-config-not-json',
      severity: 'error',
      title: 'spec.config of the NAD is not valid JSON',
      cause: 'The text in spec.config does not parse; often a comma, quote or brace is missing or one comma too many.',
      fix: 'Repair the JSON in spec.config of the NetworkAttachmentDefinition.',
      symptom: 'failed to unmarshal Spec.Config: invalid character',
      match: /failed to unmarshal Spec\.Config:? ?(?<error>[^j,][^,]{0,200})/,
    },
    {
      slug: 'nad-no-type',
      severity: 'error',
      title: 'The network configuration names no plugin type',
      cause: 'A configuration needs type, or plugins whose entries have a type.',
      fix: 'Add "type" at the top level or to every entry of plugins.',
      symptom: "delegate must have the 'type' or 'plugin' field",
      match: /(?:a plugin )?delegate must have the (?:field )?'?"?type'?"?/,
    },
    {
      slug: 'nad-unmarshal-conf',
      severity: 'error',
      title: 'A common field of the network configuration has the wrong type',
      cause: 'cniVersion and name must be strings, ipam an object, capabilities a map of booleans.',
      fix: 'Correct the type of the field named in the message.',
      symptom: 'LoadDelegateNetConf: error unmarshalling delegate config',
      match:
        /(?:LoadDelegateNetConf(?:List)?|delegate): ?error unmarshall?ing delegate config:? ?(?<error>.{0,200})|error unmarshall?ing delegate config:? ?(?<error2>.{0,200})/,
    },
    {
      slug: 'nad-empty-spec-no-file',
      severity: 'error',
      title: 'The NAD has no config, and no file of that name is on the node',
      cause:
        'An empty spec means: use the node file whose JSON name equals the name of the NAD. None was found in the configuration directory.',
      fix: 'Fill spec.config, or place the file in /etc/cni/multus/net.d on every node.',
      symptom: 'GetCNIConfigFromFile: no network available in the name ... in cni dir',
      match: [
        /err in GetCNIConfigFromFile: ?no network available in the name (?<network>[^\s]{1,253}?) in cni dir (?<dir>[^\s,'"]{1,200})/i,
        /err in GetCNIConfigFromFile: ?(?:No networks found in (?<dir>[^\s,'"]{1,200}))?/,
        /no network available in the name (?<network>[^\s]{1,253}?) in cni dir (?<dir>[^\s,'"]{1,200})/,
      ],
    },
    {
      slug: 'nad-admission-denied',
      severity: 'error',
      title: 'The admission webhook refused the NAD',
      cause:
        'The webhook checks the name, that spec.config is a JSON object with a type, and that libcni can parse it.',
      fix: 'Correct the part of the NAD named in the message.',
      symptom: 'admission webhook denied the request: configuration string is not in JSON format',
      match: [
        /admission webhook "(?<webhook>[^"]{1,253})" denied the request: ?(?<detail>configuration string is not in JSON format|invalid config|invalid json|net-attach-def name is invalid)/,
        {
          pattern: /admission webhook "(?<webhook>[^"]{0,200}net-?attach[^"]{0,200})" denied the request/,
          confidence: 'likely',
        },
      ],
    },
    {
      slug: 'cni-invalid-network-name',
      severity: 'error',
      title: 'The name in the network configuration has forbidden characters',
      cause: 'The CNI library accepts letters, digits, dot, dash and underscore only.',
      fix: 'Change "name" in spec.config.',
      symptom: 'invalid characters found in network name',
      match: /invalid characters found in network name(?:; ?(?<network>.{1,100}))?/,
    },
    {
      slug: 'cni-missing-network-name',
      severity: 'error',
      title: 'The network configuration reached the plugin without a name',
      cause: 'Multus fills an absent name from the NAD, but other callers do not.',
      fix: 'Set "name" in the configuration.',
      symptom: 'missing network name',
      match: /missing network name/,
    },
    {
      slug: 'cni-version-unsupported',
      severity: 'error',
      title: 'The plugin on the node does not support this cniVersion',
      cause: 'The plugin binary on that node does not know the cniVersion of the configuration.',
      fix: 'Lower cniVersion to one the plugin supports, or upgrade the plugin binaries on the node.',
      symptom: 'incompatible CNI versions; config is "1.0.0", plugin supports ["0.4.0"]',
      match:
        /incompatible CNI versions(?:; ?config is "(?<config>[^"]{0,20})(?:", plugin supports \[(?<supported>[^\]]{0,200}))?)?/,
    },
    {
      slug: 'cni-result-version',
      severity: 'error',
      title: 'The plugin answered in a CNI version that Multus does not know',
      cause: 'Multus, or the runtime, is older than the plugin that it called, or the plugin left the version empty.',
      fix: 'Upgrade Multus, or lower cniVersion in the configuration.',
      symptom: 'unsupported CNI result version',
      match: /unsupported CNI result version "?(?<version>[^"]{0,20})/,
    },
    {
      slug: 'multus-binary-missing',
      severity: 'critical',
      title: 'The Multus binary is not on the node',
      cause:
        'The runtime is configured for Multus, but does not find multus or multus-shim in its plugin directory; often the DaemonSet installs to another path than the runtime reads.',
      fix: 'Correct the hostPath of cni-bin-dir in the Multus DaemonSet for this distribution, or let its install step run again on the node.',
      symptom: 'failed to find plugin "multus" in path',
      match:
        /failed to find plugin "?(?<plugin>multus(?:-shim)?)"? ?(?:in path:? ?(?:\[(?<paths>[^\]]{0,300}))?|(?:i|in|inp|inpa|inpat)?$)/,
      domain: 'node',
    },
    {
      slug: 'cni-binary-missing',
      severity: 'error',
      title: 'The plugin binary is not on the node',
      cause:
        'The plugin or IPAM binary is absent from the directories searched on that node, or the distribution uses another directory.',
      fix: 'Install the plugin (containernetworking-plugins, whereabouts, ...) on every node, into the directory named in the message.',
      symptom: 'failed to find plugin "macvlan" in path [/opt/cni/bin]',
      match: [
        /failed to find plugin "?(?<plugin>[^"\s]{1,64}?)"? in path:? ?(?:\[(?<paths>[^\]]{0,300}))?/,
        { pattern: /failed to find plugin "(?<plugin>[^"]{1,64})"(?:i|in|inp|inpa|inpat)?$/, confidence: 'likely' },
        {
          pattern: /fork\/exec (?<path>\/[^\s:]{1,200}\/bin\/(?<plugin>[^\s:/]{1,64})): ?no such file or directory/,
          confidence: 'likely',
        },
      ],
    },
    {
      slug: 'plugin-exec-format',
      severity: 'error',
      title: 'The plugin binary cannot be executed on this node',
      cause:
        'The kernel refuses the binary: built for another architecture, empty, not executable, or blocked by a security module.',
      fix: 'Install the plugin built for the architecture of the node and check its mode bits and SELinux label.',
      symptom: 'fork/exec /opt/cni/bin/...: exec format error',
      match:
        /fork\/exec (?<path>[^\s:]{1,253}): ?(?<error>exec format error|permission denied|operation not permitted|input\/output error)/,
    },
    {
      slug: 'not-chained',
      severity: 'error',
      title: 'A chained plugin is used alone or first',
      cause:
        'tuning, bandwidth, portmap, vrf, sbr and route-override work on the result of an earlier plugin, and there is none.',
      fix: 'Put the plugin after a main plugin (bridge, macvlan, ...) in the plugins list.',
      symptom: 'must be called as chained plugin',
      match:
        /must be called as (?:a )?chained plugin|missing prevResult from earlier plugin|Required prevResult missing|required prevResult is missing/,
    },
    {
      slug: 'ptp-no-ipam',
      severity: 'error',
      title: 'The ptp plugin has no IPAM',
      cause: 'ptp needs addresses and cannot work without ipam.',
      fix: 'Add an ipam section to the configuration.',
      symptom: 'plugin type="ptp" failed (add): no plugin name provided',
      match: /no plugin name provided|IPAM plugin returned missing IP config/,
      when: { namedPlugins: ['ptp'] },
    },
    {
      slug: 'ipam-empty-type',
      severity: 'error',
      title: 'ipam has no type',
      cause: 'The ipam object is there without a type, so an empty plugin name is executed.',
      fix: 'Set ipam.type, or remove the ipam object.',
      symptom: 'no plugin name provided',
      match: /no plugin name provided/,
    },
    {
      slug: 'cni-version-missing-020',
      severity: 'error',
      title: 'The result does not fit the old cniVersion of the configuration',
      cause:
        'A configuration without cniVersion, or with 0.2.0 or older, cannot carry a result without addresses, as of a network without IPAM.',
      fix: 'Set cniVersion 0.3.1 or later in spec.config.',
      symptom: 'cannot convert: no valid IP addresses',
      match: /cannot convert: ?no valid IP addresses|invalid version "": ?the version is empty/,
      confidence: 'likely',
    },
    {
      slug: 'ipam-no-ip',
      severity: 'error',
      title: 'IPAM returned no address',
      cause:
        'The IPAM plugin succeeded without an address: static without addresses and without a request in the pod, whereabouts without a range.',
      fix: 'Configure addresses or a range, or request ips in the annotation; omit ipam where no address is wanted.',
      symptom: 'IPAM plugin returned missing IP config',
      match: /IPAM plugin returned missing IP config/,
    },
    {
      slug: 'nad-plugins-invalid',
      severity: 'error',
      title: 'The plugins list of the configuration is not valid',
      cause: 'plugins must be a non-empty list of objects that each have a type, and the list needs a name.',
      fix: 'Correct plugins in spec.config.',
      symptom: "error parsing configuration list: no 'plugins' key",
      match: [
        /error parsing configuration list: ?(?<detail>no 'plugins' key|invalid 'plugins' type [^\s]{0,60}|no plugins in list|no name|invalid \w{1,20} type [^\s]{0,60}|.{0,200})/,
        /failed to parse plugin config (?<index>\d{1,4}): ?(?<error>.{0,200})/,
      ],
      when: { test: ({ region }) => !/clusterNetwork|LoadNetConf:/i.test(region) },
    },
    {
      slug: 'cni-capability-args',
      severity: 'error',
      title: 'CNI_ARGS could not be read by the plugin',
      cause:
        'A plugin without IgnoreUnknown refuses arguments that it does not know, or cannot parse the value of one.',
      fix: 'Update the plugin, or remove the argument (cni-args, mac, ips) from the annotation.',
      symptom: 'ARGS: unknown args',
      match:
        /ARGS: ?unknown args|CNI_ARGS: ?(?:invalid|error|unknown)|ARGS: ?(?:invalid CNI_ARGS pair|error parsing value)/,
    },
  ],
};
