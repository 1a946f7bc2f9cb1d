import type { CauseGroup } from '../types.ts';

/** The networks annotation of the pod, as Multus parses it (semantics.md section 1). */
export const selection: CauseGroup = {
  group: 'Selection annotation',
  source: 'multus-cni pkg/k8sclient/k8sclient.go',
  secondary: true,
  causes: [
    {
      slug: 'sel-json-object',
      severity: 'error',
      title: 'The networks annotation is one JSON object, not a list',
      cause:
        'Multus decodes the JSON form of the annotation as a list of objects. A single object, although valid JSON, is refused.',
      fix: 'Wrap the object in square brackets: [{"name": "..."}].',
      symptom: 'json: cannot unmarshal object into Go value of type []*types.NetworkSelectionElement',
      match: /cannot unmarshal object into Go value of type \[\]\*?(?:types|v1)\.NetworkSelectionElement/,
    },
    {
      slug: 'sel-json-string',
      severity: 'error',
      title: 'The networks annotation is a quoted string',
      cause:
        'A double quote anywhere in the annotation switches Multus to JSON, and a JSON string is not a list of networks.',
      fix: 'Drop the inner quotes to use the comma form, or write a JSON list of objects.',
      symptom: 'json: cannot unmarshal string into Go value of type []*types.NetworkSelectionElement',
      match: /cannot unmarshal string into Go value of type \[\]\*?(?:types|v1)\.NetworkSelectionElement/,
    },
    {
      slug: 'sel-json-list-of-strings',
      severity: 'error',
      title: 'The networks annotation lists strings, not objects',
      cause: 'In the JSON form every item must be an object with a name; a list of plain strings is refused.',
      fix: 'Write [{"name": "net1"}, {"name": "net2"}], or the comma form net1,net2.',
      symptom: 'json: cannot unmarshal string into Go value of type types.NetworkSelectionElement',
      match:
        /cannot unmarshal (?:string|number|bool|array) into Go value of type \*?(?:types|v1)\.NetworkSelectionElement/,
    },
    {
      slug: 'sel-json-field-type',
      severity: 'error',
      title: 'A field of the networks annotation has the wrong JSON type',
      cause:
        'The decoder is strict about types: for example ips and default-route must be lists, ports must be numbers.',
      fix: 'Correct the type of the named field in the pod annotation k8s.v1.cni.cncf.io/networks.',
      symptom: 'json: cannot unmarshal string into Go struct field NetworkSelectionElement.ips of type []string',
      match: [
        /cannot unmarshal (?<jsonType>\w{1,16}) into Go struct field (?<goField>NetworkSelectionElement\.[\w.-]{1,80}?) of type (?<goType>[\w.[\]*]{1,60})/,
        /Annotation JSON format: json: cannot unmarshal (?<jsonType>\w{1,16}) into Go struct field (?<goField>[\w.-]{1,80}?) of type (?<goType>[\w.[\]*]{1,60})/,
      ],
    },
    {
      slug: 'sel-default-route-not-ip',
      severity: 'error',
      title: 'An entry of default-route is not a plain IP address',
      cause: 'default-route is decoded as a list of IP addresses; a CIDR or a host name does not parse.',
      fix: 'Give gateway addresses without a prefix length, for example "default-route": ["10.1.1.1"].',
      symptom: 'Annotation JSON format: invalid IP address',
      match: /Annotation JSON format: invalid IP address: (?<ip>[^\s,'"]{1,80})/,
    },
    {
      slug: 'sel-json-syntax',
      severity: 'error',
      title: 'The networks annotation is not valid JSON',
      cause:
        'As soon as the annotation contains [, { or a double quote, Multus parses all of it as JSON, and this text does not parse.',
      fix: 'Repair the JSON (a list of objects, double quotes, no trailing comma), or use the comma form without any of those characters.',
      symptom: 'failed to parse pod Network Attachment Selection Annotation JSON format',
      match:
        /failed to parse pod Network Attachment Selection Annotation JSON format: ?(?<error>invalid char[^,]{0,200}|unexpected[^,]{0,200}|[^ji,][^,]{0,200})/,
    },
    {
      slug: 'sel-slash',
      severity: 'error',
      title: 'An item of the networks annotation has more than one slash',
      cause: 'The comma form allows one slash, between namespace and name.',
      fix: 'Write namespace/name, optionally followed by @interface.',
      symptom: "Invalid network object (failed at '/')",
      match: /Invalid network object \(failed at '\/'\)/,
    },
    {
      slug: 'sel-at',
      severity: 'error',
      title: 'An item of the networks annotation has more than one @',
      cause: 'The comma form allows one @, before the interface name.',
      fix: 'Write namespace/name@interface with a single @.',
      symptom: "Invalid network object (failed at '@')",
      match: /Invalid network object \(failed at '@'\)/,
    },
    {
      slug: 'sel-bad-name',
      severity: 'error',
      title: 'A network name in the annotation has characters the comma form does not allow',
      cause:
        'The comma form accepts lower-case DNS labels only. Dots are legal in the name of a NAD but cannot be written in this form.',
      fix: 'Correct the name; for a NAD with a dot in its name use the JSON form.',
      symptom:
        'one or more items did not match comma-delimited format (must consist of lower case alphanumeric characters)',
      match: [
        /one or more items did not match comma-delimited format.{0,200}?mismatch @ '(?<item>[^']{0,253})/,
        /one or more items did not match comma-delimited format/,
      ],
    },
    {
      slug: 'sel-bad-ifname',
      severity: 'error',
      title: 'The interface name after @ is too long or has forbidden characters',
      cause:
        'Linux interface names have at most 15 characters; Multus also refuses blanks and slashes in the comma form.',
      fix: 'Shorten the interface name after @.',
      symptom: "Failed to parse interface name: must be less than 15 chars and not contain '/' or spaces",
      match:
        /Failed to parse interface name: must be less than 15 chars(?: and not contain '\/' or spaces\. ?interface name '(?<ifname>[^']{0,253}))?/,
    },
    {
      slug: 'sel-ifname-cni',
      severity: 'error',
      title: 'The requested interface name is not valid',
      cause:
        'The CNI library checks the name just before the plugin runs: 1 to 15 characters, not . or .., no slash, colon or blank.',
      fix: 'Choose a shorter interface name without / : or blanks in the annotation.',
      symptom: 'interface name is too long; interface name should be less than 16 characters',
      match:
        /interface name (?:is too long(?:; interface name should be less than (?<limit>\d{1,4}) characters)?|contains \/ or : or whitespace characters|is \. or \.\.|is empty)/,
    },
    {
      slug: 'sel-mac-invalid',
      severity: 'error',
      title: 'The requested MAC address does not parse',
      cause: 'The mac of an annotation item must be a hardware address of 6, 8 or 20 bytes.',
      fix: 'Write it like 02:00:00:00:00:01.',
      symptom: 'failed to mac: address ...: invalid MAC address',
      match: /failed to (?:parse |validate )?mac: address (?<mac>[^\s,]{0,80}?): invalid MAC address/,
    },
    {
      slug: 'sel-guid-invalid',
      severity: 'error',
      title: 'The requested InfiniBand GUID does not parse',
      cause: 'infiniband-guid is checked like a hardware address.',
      fix: 'Write eight bytes in hexadecimal, separated by colons.',
      symptom: 'failed to validate infiniband GUID',
      match: /failed to validate infiniband GUID(?:: address (?<guid>[^\s,]{0,80}?): invalid)?/,
    },
    {
      slug: 'sel-ip-invalid',
      severity: 'error',
      title: 'A requested IP address does not parse',
      cause: 'Each entry of ips must be an IP address or a CIDR.',
      fix: 'Correct the ips list in the annotation.',
      symptom: 'failed to parse IP address / failed to parse CIDR',
      match: /failed to parse (?:CIDR "(?<cidr>[^"]{0,80})|IP address "(?<ip>[^"]{0,80}))/,
      when: { test: ({ core }) => /parsePodNetworkAnnotation|loadingk8sdelegates|^failedtoparse/i.test(core) },
    },
    {
      slug: 'sel-ecmp',
      severity: 'error',
      title: 'Two default routes of one address family are requested',
      cause: 'Multus allows at most one IPv4 and one IPv6 gateway over all items of a pod.',
      fix: 'Keep one default-route address per family.',
      symptom: 'multus does not support ECMP for default-route',
      match: /multus does not support ECMP for default-route/,
    },
    {
      slug: 'sel-hostnetwork',
      severity: 'warning',
      title: 'The pod uses the host network, so no interface can be added',
      cause: 'The runtime makes no CNI call for hostNetwork pods; the networks annotation has no effect.',
      fix: 'Remove hostNetwork: true or the annotation.',
      symptom: 'will not add interface to host networked pod',
      match: /pod \[(?<pod>[^\]]{1,507})\]: will not add interface to host networked pod/,
    },
    {
      slug: 'default-net-multiple',
      severity: 'error',
      title: 'The default-network annotation names more than one network',
      cause: 'v1.multus-cni.io/default-network replaces the one default network; exactly one is supported.',
      fix: 'Keep one name in v1.multus-cni.io/default-network.',
      symptom: 'more than one default network is specified',
      match: /more than one default network is specified:? ?(?<annotation>[^\s]{0,253})/,
    },
    {
      slug: 'default-net-empty',
      severity: 'error',
      title: 'The default-network annotation is present but empty',
      cause:
        'The presence of v1.multus-cni.io/default-network is enough for Multus to parse it, and an empty value does not parse.',
      fix: 'Delete the annotation or give it one network name.',
      symptom: 'tryLoadK8sPodDefaultNetwork: failed to parse CRD object',
      match: /tryLoadK8sPodDefaultNetwork: failed to parse CRD object/,
    },
    {
      slug: 'default-net-wrong-ns',
      severity: 'error',
      title: 'The network named by default-network was not found',
      cause:
        'An unqualified name in v1.multus-cni.io/default-network is looked up in the Multus namespace (kube-system), not in the pod namespace.',
      fix: 'Create the NAD there, or write namespace/name.',
      symptom: 'tryLoadK8sPodDefaultNetwork: failed getting the delegate',
      match:
        /tryLoadK8sPodDefaultNetwork: failed getting the delegate(?:.{0,80}?definition \((?<network>[^)]{1,253})\) in namespace \((?<namespace>[^)]{0,253})\))?/,
    },
  ],
};
