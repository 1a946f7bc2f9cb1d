import { fromRequestIssue } from './define.ts';
import { correctedAnnotation } from './rewrite.ts';
import type { AttachmentFacts, Rule } from './rule.ts';

/** Where the whole annotation can be written anew from what was probably meant. */
const mend = (text: string) => (facts: AttachmentFacts) => correctedAnnotation(facts, text);

/** MN101-MN119: what stands in the networks annotation, as Multus reads it (semantics section 1). */
export const selectionRules: readonly Rule[] = [
  fromRequestIssue('MN101', ['sel-json-syntax'], { mend: mend('Repair the JSON, or use the comma form.') }),
  fromRequestIssue('MN102', ['sel-json-string'], { mend: mend('Drop the inner quotes.') }),
  fromRequestIssue('MN103', ['sel-json-list-of-strings'], {
    mend: mend('Use a list of objects, [{"name": "..."}], or the comma form.'),
  }),
  fromRequestIssue('MN104', ['sel-json-object'], {
    title: 'The networks annotation is a JSON object, not a list',
    mend: mend('Wrap the object in brackets.'),
  }),
  fromRequestIssue('MN105', ['sel-json-field-type']),
  fromRequestIssue('MN106', ['sel-null-element'], {
    title: 'The networks annotation has a null in its list',
    why: 'Multus does not expect an element that is nothing: the thin plugin crashes on it, the daemon logs a panic, and the pod waits.',
    fix: 'Remove the null.',
    explains: ['plugin-crash'],
    mend: mend('Remove the null.'),
  }),
  fromRequestIssue('MN107', ['sel-empty-item'], { mend: mend('Remove the empty item, or name its network.') }),
  fromRequestIssue('MN108', ['sel-slash', 'sel-at']),
  fromRequestIssue('MN109', ['sel-slash-in-json-name'], {
    mend: mend('Write namespace and name as two keys, "namespace" and "name".'),
  }),
  fromRequestIssue('MN110', ['sel-bad-name']),
  fromRequestIssue('MN111', ['sel-bad-ifname', 'sel-ifname-cni']),
  fromRequestIssue('MN112', ['sel-mac-invalid']),
  fromRequestIssue('MN113', ['sel-guid-invalid']),
  fromRequestIssue('MN114', ['sel-ip-invalid']),
  fromRequestIssue('MN115', ['sel-default-route-not-ip']),
  fromRequestIssue('MN116', ['sel-ecmp']),
  fromRequestIssue('MN117', ['sel-default-route-empty-list'], {
    title: '"default-route": [] takes the default route from every interface',
    severity: 'warning',
    why: 'As soon as one element has the key, even with an empty list, Multus removes the default routes of every attachment that names no gateway, eth0 included.',
    fix: 'Delete the key, or name a gateway.',
  }),
  fromRequestIssue('MN118', ['sel-unknown-key', 'sel-interface-request', 'sel-client-ifname'], {
    title: 'A field of the request is ignored, or read differently elsewhere',
    severity: 'info',
    why: 'Multus skips keys that it does not know, and other readers of the annotation are stricter than Multus.',
    fix: 'Use the documented keys: name, namespace, interface, ips, mac, infiniband-guid, portMappings, bandwidth, default-route, cni-args.',
  }),
  fromRequestIssue('MN119', ['sel-too-large', 'sel-too-many'], {
    title: 'The networks annotation is too large to be read here',
    severity: 'info',
    why: 'Busbar reads a bounded number of networks per pod, so that no single object can slow it down. The rest of this annotation is not shown.',
    fix: 'Ask for fewer networks per pod.',
  }),
  fromRequestIssue('MN142', ['mac-zero'], {
    title: 'The requested hardware address is all zero',
    severity: 'warning',
    why: 'An address of zeros reads as "none": plugins let the kernel choose one, or the kernel refuses it.',
    fix: 'Drop "mac", or give a unicast address, for example one that begins with 02.',
  }),
  fromRequestIssue('MN124', ['default-net-multiple']),
  fromRequestIssue('MN125', ['default-net-empty']),
  fromRequestIssue('MN126', ['default-net-ifname'], {
    explains: ['runtime-no-eth0'],
    why: 'The plugin of the default network honours the requested name, so that the runtime finds no eth0 and refuses the sandbox.',
    fix: 'Drop the interface name from the default-network annotation.',
  }),
];
