import type { Engine } from '../engine/engine-api.ts';
import type { Change, KubeObject } from '../kube/object.ts';
import { asText, getText } from '../kube/read.ts';
import { workloadId } from '../model/ids.ts';
import type { Attachment, AttachmentState, Finding, Interface, Observed } from '../model/topology.ts';
import { byText } from './parts.ts';

/** What answers of nodes say about the pods that are shown. Nothing is kept of them. */
export type AnswersDoc = {
  revision: number;
  /** In the order in which they came, with what could not be read of each. */
  files: { name: string; answers: number; notes: { message: string; line?: number }[] }[];
  /** By namespace and name; `total` is how many there are before the list is cut. */
  pods: AnsweredPod[];
  total: number;
  /** Answers that are about no pod that is there. */
  strangers: { file: string; about: string | null; reason: 'no-pod' | 'other-pod' | 'unnamed' }[];
  /** What the answers bring up. */
  findings: Finding[];
};

export type AnsweredPod = { id: string; namespace: string; name: string; attachments: AnsweredAttachment[] };

/** One answer about one attachment, beside what the cluster reports of it. */
export type AnsweredAttachment = {
  id: string;
  slot: number;
  /** As requested, else the name of the network; null where neither is known. */
  network: string | null;
  interface: string | null;
  state: AttachmentState;
  file: string;
  fields: AnsweredField[];
};

/** `adds`: the cluster reports nothing of the sort. */
export type AnsweredField = {
  field: string;
  reported: string | null;
  answered: string;
  verdict: 'same' | 'differs' | 'adds';
};

const maxPods = 500;
const maxStrangers = 200;
const maxFindings = 100;

const isAnswer = (seen: Observed): boolean => seen.provider === 'node-answers';

/** The addresses of both by what they share; a prefix length that only one of them knows is no difference. */
const addressesOf = ({ addresses }: Interface): string =>
  addresses.map(({ ip, prefixLength }) => (prefixLength === undefined ? ip : `${ip}/${prefixLength}`)).join(', ');

const readers: readonly [string, (seen: Interface) => string | undefined][] = [
  ['interface', (seen) => seen.name],
  ['addresses', addressesOf],
  ['MAC', (seen) => seen.mac],
  ['MTU', (seen) => seen.mtu?.toString()],
  ['gateways', (seen) => seen.gateways?.join(', ')],
  ['device', (seen) => seen.device?.id],
];

const sameAddresses = (a: Interface, b: Interface): boolean =>
  a.addresses.length === b.addresses.length &&
  a.addresses.every(({ ip, prefixLength }) =>
    b.addresses.some(
      (other) =>
        other.ip === ip &&
        (prefixLength === undefined || other.prefixLength === undefined || other.prefixLength === prefixLength),
    ),
  );

function toFields(answer: Interface, reports: readonly Interface[]): AnsweredField[] {
  return readers.flatMap(([field, read]): AnsweredField[] => {
    const answered = read(answer);
    if (!answered) return [];
    const report = reports.find((one) => read(one));
    const reported = report ? (read(report) ?? null) : null;
    if (!report) return [{ field, reported, answered, verdict: 'adds' }];
    const same = field === 'addresses' ? sameAddresses(answer, report) : reported === answered;
    return [{ field, reported, answered, verdict: same ? 'same' : 'differs' }];
  });
}

function toAnswered(engine: Engine, attachment: Attachment, files: ReadonlySet<string>): AnsweredAttachment[] {
  const reports = attachment.observed.filter((seen) => !isAnswer(seen)).map((seen) => seen.interface);
  const network = attachment.network === null ? undefined : engine.network(attachment.network)?.name;
  return attachment.observed
    .filter((seen) => isAnswer(seen) && files.has(seen.source.ref.name))
    .map((seen) => ({
      id: attachment.id,
      slot: attachment.slot,
      network: attachment.requested?.network || network || null,
      interface: seen.interface.name ?? attachment.interface?.name ?? null,
      state: attachment.state,
      file: seen.source.ref.name,
      fields: toFields(seen.interface, reports),
    }));
}

type About = { object: KubeObject; id: string; uid: string | undefined };

function toAbout(object: KubeObject): About | undefined {
  const namespace = getText(object, 'pod', 'namespace');
  const name = getText(object, 'pod', 'name');
  return namespace && name
    ? { object, id: workloadId('Pod', namespace, name), uid: getText(object, 'pod', 'uid') }
    : undefined;
}

function strangersOf(engine: Engine, objects: readonly KubeObject[]): AnswersDoc['strangers'] {
  return objects.flatMap((object): AnswersDoc['strangers'] => {
    const file = object.metadata.name;
    const about = toAbout(object);
    if (!about) return asText(getText(object, 'node')) ? [] : [{ file, about: null, reason: 'unnamed' }];
    const named = about.id.slice(about.id.indexOf(':') + 1);
    const workload = engine.workload(about.id);
    if (!workload) return [{ file, about: named, reason: 'no-pod' }];
    return about.uid && workload.uid && about.uid !== workload.uid ? [{ file, about: named, reason: 'other-pod' }] : [];
  });
}

/** Puts answers (`toAnswerObjects`) beside the state of the engine, which stays as it was. */
export function buildAnswersDoc(
  engine: Engine,
  objects: readonly KubeObject[],
  files: AnswersDoc['files'],
): AnswersDoc {
  const before = new Set(engine.findings().map((finding) => finding.id));
  const names = new Set(objects.map((object) => object.metadata.name));
  const ids = [...new Set(objects.flatMap((object) => toAbout(object)?.id ?? []))].sort(byText);
  const changes = objects.map((object): Change => ({ type: 'put', object }));
  return engine.preview(changes, () => {
    const pods = ids.flatMap((id): AnsweredPod[] => {
      const workload = engine.workload(id);
      if (!workload) return [];
      const attachments = engine.attachmentsOf(id).flatMap((attachment) => toAnswered(engine, attachment, names));
      return attachments.length > 0 ? [{ id, namespace: workload.namespace, name: workload.name, attachments }] : [];
    });
    const strangers = strangersOf(engine, objects);
    const told = new Set(strangers.map(({ file }) => file));
    // That an answer is about nobody is said by the list of those already.
    const isTold = ({ slug, subjects }: Finding): boolean =>
      slug === 'answer-pod-gone' &&
      subjects.every((subject) => subject.type === 'object' && told.has(subject.ref.name));
    return {
      revision: engine.revision,
      files,
      pods: pods.slice(0, maxPods),
      total: pods.length,
      strangers: strangers.slice(0, maxStrangers),
      findings: engine
        .findings()
        .filter((finding) => !before.has(finding.id) && !isTold(finding))
        .slice(0, maxFindings),
    };
  });
}
