import { stringify } from 'yaml';
import { answerKind } from '../cni/answer-objects.ts';
import { createEngine } from '../engine/engine.ts';
import { subjectKey } from '../engine/findings.ts';
import type { Change, KubeObject, Ref } from '../kube/object.ts';
import { asRecord } from '../kube/read.ts';
import type { Finding } from '../model/topology.ts';
import { providers } from '../providers/registry.ts';
import { readRuleFixture } from '../rules/fixture.ts';
import { rules } from '../rules/registry.ts';

/** The first firing case of a rule's fixture: what is in the cluster, what Busbar says of it, and where a person looks. */
export type RuleExample = {
  title: string;
  objects: string;
  finding: Finding;
  look: { command: string; path: string }[];
};

const longest = 400;

/** What a reader needs of an object: not its ids and times, and no line beyond reason. */
function shown(object: KubeObject): Record<string, unknown> {
  const { uid: _uid, creationTimestamp: _created, ...metadata } = object.metadata;
  const { conditions: _conditions, ...status } = asRecord(object['status']) ?? {};
  return { ...object, metadata, ...(Object.keys(status).length > 0 ? { status } : {}) };
}

const shorten = (line: string): string => (line.length > longest ? `${line.slice(0, longest)} ...` : line);

const toYaml = (object: KubeObject): string =>
  stringify(shown(object), { lineWidth: 0, aliasDuplicateObjects: false }).split('\n').map(shorten).join('\n');

function commandOf({ kind, namespace, name }: Ref): string {
  const at = namespace ? ` -n ${namespace}` : '';
  const resource = kind === 'NetworkAttachmentDefinition' ? 'net-attach-def' : kind.toLowerCase();
  return `kubectl get ${resource} ${name}${at} -o yaml`;
}

export function buildRuleExample(code: string, fixture: string): RuleExample | undefined {
  const [item] = readRuleFixture(fixture).fires;
  if (!item) return undefined;
  const engine = createEngine({ providers, rules });
  const changes: Change[] = [
    ...item.sources.map((source): Change => ({ type: 'source', source })),
    ...item.objects.map((object): Change => ({ type: 'put', object })),
  ];
  engine.apply(changes, item.now);
  const finding = engine
    .findings()
    .find(
      (one) => one.code === code && one.slug === item.slug && one.subjects.some((s) => subjectKey(s) === item.subject),
    );
  if (!finding) return undefined;
  const look = new Map(
    finding.evidence
      // A file of a node is in no cluster.
      .filter(({ ref }) => ref.group !== answerKind.group)
      .map(({ ref, path }) => [`${commandOf(ref)} ${path}`, { command: commandOf(ref), path }]),
  );
  return { title: item.title, objects: item.objects.map(toYaml).join('---\n'), finding, look: [...look.values()] };
}
