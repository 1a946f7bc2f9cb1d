import { excerpt } from '../kube/read.ts';
import { cniIfnameProblem, commaIfnameProblem } from './interface-names.ts';
import { type IssueSink, MAX_ELEMENTS, type SelectionElement, type TextSpan } from './selection-types.ts';
import { trimGo } from './text.ts';

const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

/** `[ns/]name[@ifname], ...`: Multus pkg/k8sclient/k8sclient.go:180-230. */
export function readCommaForm(text: string, podNamespace: string, sink: IssueSink): SelectionElement[] {
  const elements: SelectionElement[] = [];
  let from = 0;
  while (from <= text.length) {
    const comma = text.indexOf(',', from);
    const to = comma < 0 ? text.length : comma;
    if (elements.length === MAX_ELEMENTS) {
      const message = `The annotation lists more than ${MAX_ELEMENTS} networks; the rest is not shown.`;
      sink.add({
        slug: 'sel-too-many',
        severity: 'warning',
        stage: 'advice',
        message,
        offset: from,
        length: text.length - from,
      });
      break;
    }
    const item = trimGo(text.slice(from, to));
    const span = { offset: from + item.offset, length: item.text.length };
    elements.push(readItem(item.text, span, podNamespace, elements.length, sink));
    from = to + 1;
  }
  return elements;
}

function readItem(
  item: string,
  span: TextSpan,
  podNamespace: string,
  index: number,
  sink: IssueSink,
): SelectionElement {
  const at = { element: index, offset: span.offset, length: span.length };
  const slashes = item.split('/', MAX_ELEMENTS);
  if (slashes.length > 2) {
    const message = `Network ${index + 1}, ${excerpt(item)}, has ${slashes.length - 1} slashes; one at most is allowed, as namespace/name.`;
    sink.add({ slug: 'sel-slash', severity: 'error', stage: 'parse', message, ...at });
  }
  const namespace = slashes.length > 1 ? trimGo(slashes.at(-2) ?? '').text : '';
  const [rawName = '', rawIfname, ...more] = (slashes.at(-1) ?? '').split('@', MAX_ELEMENTS);
  const name = trimGo(rawName).text;
  const ifname = trimGo(rawIfname ?? '').text;
  if (more.length > 0) {
    const message = `Network ${index + 1}, ${excerpt(item)}, has ${more.length + 1} @ signs; one at most is allowed, as name@interface.`;
    sink.add({ slug: 'sel-at', severity: 'error', stage: 'parse', message, ...at });
  }
  if (slashes.length <= 2 && more.length === 0) {
    checkNames([namespace, name], item, index, at, sink);
    checkIfname(ifname, index, at, sink);
  }
  const element: SelectionElement = {
    name,
    namespace: namespace || podNamespace,
    qualified: namespace !== '',
    span,
    raw: item,
  };
  if (ifname !== '') element.interface = ifname;
  return element;
}

type At = { element: number; offset: number; length: number };

function checkNames(names: string[], item: string, index: number, at: At, sink: IssueSink): void {
  const wrong = names.find((part) => part !== '' && !LABEL.test(part));
  if (wrong !== undefined) {
    const hint = separatorHint(wrong);
    const message = `Network ${index + 1}, ${excerpt(item)}: ${excerpt(wrong)} is not a name of lower case letters, digits and inner hyphens${hint}.`;
    sink.add({ slug: 'sel-bad-name', severity: 'error', stage: 'parse', message, ...at });
  } else if (names[1] === '') {
    const what =
      item === '' ? 'is empty (a comma too many, or a blank annotation)' : `${excerpt(item)} names no network`;
    const message = `Network ${index + 1} of the annotation ${what}; it is looked up under an empty name and fails.`;
    sink.add({ slug: 'sel-empty-item', severity: 'error', stage: 'lookup', message, ...at });
  }
}

function separatorHint(wrong: string): string {
  if (/[;|\s]/.test(wrong)) return '; networks are separated by commas';
  if (wrong.includes('.')) return '; a name with a dot can only be asked for in the JSON form';
  if (/[A-Z]/.test(wrong)) return '; capital letters are not allowed';
  return '';
}

function checkIfname(ifname: string, index: number, at: At, sink: IssueSink): void {
  if (ifname === '') return;
  const comma = commaIfnameProblem(ifname);
  if (comma) {
    const message = `Network ${index + 1}: the interface name ${excerpt(ifname)} ${comma}.`;
    sink.add({ slug: 'sel-bad-ifname', severity: 'error', stage: 'parse', message, ...at });
    return;
  }
  const cni = cniIfnameProblem(ifname);
  if (cni) {
    const message = `Network ${index + 1}: the interface name ${excerpt(ifname)} ${cni}; the CNI library refuses it.`;
    sink.add({ slug: 'sel-ifname-cni', severity: 'error', stage: 'attach', message, ...at });
  } else if (!LABEL.test(ifname)) {
    const message = `Network ${index + 1}: Multus takes the interface name ${excerpt(ifname)}, but readers built on the NPWG client library (OVN-Kubernetes, webhooks, Whereabouts) refuse the whole annotation because it is not a DNS label.`;
    sink.add({ slug: 'sel-client-ifname', severity: 'warning', stage: 'advice', message, ...at });
  }
}
