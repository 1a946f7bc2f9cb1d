import { interfaceCollisions } from '../cni/interface-names.ts';
import type { Rule } from './rule.ts';
import { annotationCommands, fromEvent, fromRequestIssue, isOpen, originOf, requestEvidence } from './define.ts';

const key = 'k8s.v1.cni.cncf.io/networks';

/** MN10x-MN12x: what stands in the networks annotation. */
export const selectionRules: readonly Rule[] = [
  fromRequestIssue('MN101', ['sel-json-syntax']),
  fromRequestIssue('MN102', ['sel-json-string', 'sel-json-list-of-strings']),
  fromRequestIssue('MN103', ['sel-json-field-type', 'sel-null-element', 'sel-too-large', 'sel-too-many']),
  fromRequestIssue('MN104', ['sel-json-object'], {
    title: 'The networks annotation is a JSON object, not a list',
    mend: (facts) => {
      const raw = facts.element?.raw;
      if (!raw) return undefined;
      return {
        text: 'Wrap it in brackets and create the pod anew.',
        commands: annotationCommands(facts, `[${raw}]`),
        patch: `${key}: '[${raw}]'`,
      };
    },
  }),
  fromRequestIssue('MN105', ['sel-empty-item']),
  fromRequestIssue('MN106', ['sel-slash', 'sel-at']),
  fromRequestIssue('MN107', ['sel-bad-name']),
  fromRequestIssue('MN108', ['sel-bad-ifname', 'sel-ifname-cni']),
  fromRequestIssue('MN109', ['sel-slash-in-json-name']),
  fromRequestIssue('MN110', ['sel-mac-invalid', 'sel-guid-invalid', 'mac-zero']),
  fromRequestIssue('MN111', ['sel-ip-invalid']),
  fromRequestIssue('MN112', ['sel-default-route-not-ip', 'sel-ecmp']),
  fromRequestIssue('MN113', ['sel-default-route-empty-list', 'sel-default-route-kills-other-family'], {
    severity: 'warning',
  }),
  fromRequestIssue('MN114', ['sel-client-ifname', 'sel-unknown-key', 'sel-interface-request'], {
    title: 'A field of the request is ignored or read differently elsewhere',
    severity: 'info',
    why: 'Multus skips keys that it does not know, and other readers of the annotation are stricter than Multus.',
    fix: 'Use the documented keys: name, namespace, interface, ips, mac, infiniband-guid, portMappings, bandwidth, default-route, cni-args.',
  }),
  fromRequestIssue('MN115', [
    'default-net-multiple',
    'default-net-empty',
    'default-net-wrong-ns',
    'default-net-ifname',
  ]),
  {
    code: 'MN116',
    scope: 'attachment',
    title: 'A multicast address cannot be given to an interface',
    severity: 'error',
    slugs: ['mac-multicast'],
    explains: ['macvlan-create-other', 'delegate-generic', 'mac-in-use', 'tuning-mac'],
    why: 'The lowest bit of the first byte marks a group address. The kernel refuses to set it on an interface: "cannot assign requested address".',
    fix: 'Use an address whose first byte is even, for example one that begins with 02.',
    check: (facts) => {
      const issue = facts.request?.issues.find((item) => item.slug === 'mac-multicast');
      if (!issue || !isOpen(facts)) return undefined;
      return {
        slug: 'mac-multicast',
        group: `mac-multicast:${originOf(facts)}`,
        confidence: 'certain',
        title: `${facts.element?.mac ?? 'The address'} is a multicast address`,
        message: issue.message,
        fix: {
          text: 'Use an address whose first byte is even, for example one that begins with 02.',
          commands: annotationCommands(facts),
        },
        evidence: requestEvidence(facts),
        effect: 'failed',
      };
    },
  },
  {
    code: 'MN117',
    scope: 'attachment',
    title: 'Two attachments want one interface name',
    severity: 'error',
    slugs: ['ifname-exists'],
    why: 'Unnamed interfaces are called net<position>, and named ones still consume a position: `a@net2,b` clashes. eth0 belongs to the default network.',
    fix: 'Give every attachment a name of its own, or name none.',
    check: (facts) => {
      if (!isOpen(facts) || typeof facts.request?.index !== 'number' || !facts.request.interface) return undefined;
      const asked = facts.workload.attachments.filter(
        ({ request }) =>
          request && typeof request.index === 'number' && request.element && !request.inert && request.interface,
      );
      const names = asked.map(({ request }, element) => ({
        element,
        index: element + 1,
        interface: request?.interface ?? '',
        requested: request?.requested.interface !== undefined,
      }));
      const clash = interfaceCollisions(names).find((item) => asked[item.element] === facts);
      if (!clash) return undefined;
      const other =
        clash.with === undefined ? 'the default network' : (asked[clash.with]?.request?.requested.network ?? 'another');
      return {
        slug: 'ifname-exists',
        group: `ifname-exists:${originOf(facts)}`,
        confidence: 'certain',
        title: `Interface name ${facts.request.interface} is taken`,
        message: `${facts.request.requested.network} gets the name ${facts.request.interface}, which ${other} has already.`,
        fix: { text: 'Give every attachment a name of its own, or name none.', commands: annotationCommands(facts) },
        evidence: requestEvidence(facts),
        effect: 'failed',
      };
    },
  },
  {
    code: 'MN118',
    scope: 'attachment',
    title: 'Nothing reads this annotation',
    severity: 'warning',
    slugs: ['sel-wrong-key'],
    why: `Multus reads ${key} on the pod itself. Under another key, or on the Deployment instead of its pod template, it has no effect and nobody complains.`,
    fix: `Move the value to ${key} on the pod template.`,
    check: (facts) => {
      const inert = facts.request?.inert;
      if (!inert || facts.attachment.state === 'ended') return undefined;
      return {
        slug: inert.slug,
        group: `sel-wrong-key:${originOf(facts)}:${inert.key}`,
        confidence: 'certain',
        title:
          inert.meant === key
            ? `Nothing reads the annotation ${inert.key}`
            : `The annotation is not on the pod template`,
        message: inert.reason,
        fix: {
          text: `Move the value to ${inert.meant}.`,
          commands: annotationCommands(facts, facts.request?.element?.raw),
        },
        evidence: requestEvidence(facts),
      };
    },
  },
  {
    code: 'MN119',
    scope: 'attachment',
    title: 'A hostNetwork pod never gets secondary networks',
    severity: 'warning',
    slugs: ['sel-hostnetwork'],
    why: 'A pod with hostNetwork has no network namespace of its own, so no CNI plugin is called and the annotation has no effect.',
    fix: 'Drop hostNetwork, or drop the annotation.',
    check: (facts) => {
      if (!facts.workload.workload.hostNetwork || typeof facts.request?.index !== 'number' || facts.request.inert)
        return undefined;
      if (facts.attachment.state === 'ended') return undefined;
      return {
        slug: 'sel-hostnetwork',
        group: `sel-hostnetwork:${originOf(facts)}`,
        confidence: 'certain',
        title: 'A hostNetwork pod asks for secondary networks',
        message: `${facts.request.requested.network} is ignored: the pod uses the network of its node.`,
        fix: { text: 'Drop hostNetwork, or drop the annotation.' },
        evidence: requestEvidence(facts),
      };
    },
  },
  fromEvent('MN120', ['pod-uid-mismatch', 'pod-not-found-race'], { severity: 'warning' }),
];
