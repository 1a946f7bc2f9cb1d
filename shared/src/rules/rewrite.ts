import { NETWORKS_KEY, parseSelection, type SelectionElement } from '../cni/selection.ts';
import type { Fix } from '../model/topology.ts';
import { annotationCommands } from './define.ts';
import { perFacts } from './memo.ts';
import type { AttachmentFacts, WorkloadFacts } from './rule.ts';

/** In JSON a name is never split at a slash; whoever wrote one meant both keys. */
function meant(element: SelectionElement): SelectionElement {
  const [namespace, name, ...rest] = element.name.split('/');
  return namespace && name && rest.length === 0 ? { ...element, namespace, name, qualified: true } : element;
}

/** One element as JSON, with the keys that its writer used. */
function toJson(element: SelectionElement): Record<string, unknown> {
  const { name, namespace, qualified, ips, mac, portMappings, bandwidth, defaultRoute, cniArgs, deviceId } = element;
  const all: Record<string, unknown> = {
    name,
    namespace: qualified ? namespace : undefined,
    interface: element.interface,
    ips,
    mac,
    'infiniband-guid': element.infinibandGuid,
    portMappings,
    bandwidth,
    'default-route': defaultRoute,
    'cni-args': cniArgs,
    deviceID: deviceId,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const isPlain = (element: SelectionElement): boolean =>
  Object.keys(toJson(element)).every((key) => ['name', 'namespace', 'interface'].includes(key));

const toComma = ({ name, namespace, qualified, interface: device }: SelectionElement): string =>
  `${qualified ? `${namespace}/` : ''}${name}${device ? `@${device}` : ''}`;

/**
 * The annotation as it was probably meant, from what could be read of it: empty items dropped, `ns/name` split. Only text that is
 * read without an error is offered.
 */
const rewritten = perFacts((workload: WorkloadFacts) => {
  const elements = workload.attachments.flatMap(({ request }) =>
    request?.element?.name && typeof request.index === 'number' && !request.inert ? [meant(request.element)] : [],
  );
  if (elements.length === 0) return undefined;
  // In the form that its writer chose: someone who writes JSON wants to see where the brackets go.
  const isComma = elements.every((element) => isPlain(element) && !element.raw.includes('{'));
  const text = isComma ? elements.map(toComma).join(',') : JSON.stringify(elements.map(toJson));
  const again = parseSelection(text, workload.workload.namespace);
  return again.issues.some((issue) => issue.severity === 'error') ? undefined : text;
});

/** A fix that carries the corrected annotation where it can be told. */
export function correctedAnnotation(facts: AttachmentFacts, text: string): Fix {
  const value = rewritten(facts.workload);
  if (value === undefined) return { text, commands: annotationCommands(facts) };
  return {
    text,
    commands: annotationCommands(facts, value),
    patch: `${NETWORKS_KEY}: '${value.replaceAll("'", "''")}'`,
  };
}
