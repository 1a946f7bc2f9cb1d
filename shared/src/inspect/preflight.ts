import type { Engine } from '../engine/engine-api.ts';
import type { Change, KubeObject } from '../kube/object.ts';
import { asStringMap } from '../kube/read.ts';
import { workloadId } from '../model/ids.ts';
import type { Finding } from '../model/topology.ts';
import { type CheckAttachment, toCheckAttachment } from './check-report.ts';
import { instanceOf, launcherOf } from './planned-machine.ts';

/** What manifests would do to the cluster as it is now. Nothing is applied. */
export type PreflightDoc = {
  revision: number;
  /** Objects that were judged, and what could not be read of the text. */
  objects: number;
  issues: { message: string; line?: number }[];
  /** One per pod, per pod template and per virtual machine, its attachments in slot order. */
  workloads: {
    id: string;
    namespace: string;
    name: string;
    verdict: 'attaches' | 'fails' | 'unsure';
    attachments: CheckAttachment[];
  }[];
  /** Findings that the manifests would bring, or that would have the new pods under them. */
  findings: Finding[];
};

const machine = 'VirtualMachineInstance';
const isOfKubevirt = ({ apiVersion }: KubeObject): boolean => apiVersion.startsWith('kubevirt.io/');

/** Fields that only an API server and the nodes write: a pod that is pasted as it runs is judged as if it were made anew. */
const statusAnnotations = ['k8s.v1.cni.cncf.io/network-status', 'k8s.v1.cni.cncf.io/networks-status'];

function asPlanned(object: KubeObject): KubeObject {
  if (object.kind !== 'Pod' && object.kind !== machine) return object;
  const { status: _, ...rest } = object;
  const {
    uid: _uid,
    resourceVersion: _version,
    creationTimestamp: _created,
    deletionTimestamp: _deleted,
    ...metadata
  } = object.metadata;
  const annotations = Object.fromEntries(
    Object.entries(metadata.annotations ?? {}).filter(([key]) => !statusAnnotations.includes(key)),
  );
  const { nodeName: _node, ...spec } = (rest['spec'] ?? {}) as Record<string, unknown>;
  return { ...rest, metadata: { ...metadata, annotations }, spec };
}

type Planned = { id: string; behind?: string; objects: KubeObject[] };

/** What is to be judged: pods, and machines with the launcher pods that KubeVirt would make for them. */
function plan(engine: Engine, objects: readonly KubeObject[]): Planned[] {
  const written = new Map<string, string | undefined>(
    objects.flatMap((object) => {
      if (object.kind !== 'NetworkAttachmentDefinition') return [];
      const { namespace = 'default', name, annotations } = object.metadata;
      return [[`${namespace}/${name}`, asStringMap(annotations).get('k8s.v1.cni.cncf.io/resourceName')] as const];
    }),
  );
  const resourceOf = (nad: string): string | undefined =>
    written.has(nad)
      ? written.get(nad)
      : engine.networkByAlias(`nad:${nad}`)?.uplinks.find(({ resourceName }) => resourceName)?.resourceName;
  const seen = new Set<string>();
  return objects.flatMap((object): Planned[] => {
    const namespace = object.metadata.namespace ?? 'default';
    if (object.kind === 'Pod')
      return [{ id: workloadId('Pod', namespace, object.metadata.name), objects: [asPlanned(object)] }];
    if (!isOfKubevirt(object)) return [];
    const instance = object.kind === machine ? asPlanned(object) : instanceOf(object);
    const id = workloadId(machine, namespace, object.metadata.name);
    if (!instance || seen.has(id)) return [];
    seen.add(id);
    const launcher = launcherOf(instance, resourceOf);
    return [{ id, behind: workloadId('Pod', namespace, launcher.metadata.name), objects: [instance, launcher] }];
  });
}

/** Judges objects (namespaces filled in, pods of templates among them) against the live state of the engine, which stays as it was. */
export function buildPreflightDoc(
  engine: Engine,
  objects: readonly KubeObject[],
  issues: PreflightDoc['issues'],
): PreflightDoc {
  const plans = plan(engine, objects);
  const others = objects.filter(({ kind }) => kind !== 'Pod' && kind !== machine);
  const changes = [...others, ...plans.flatMap((one) => one.objects)].map(
    (object): Change => ({ type: 'put', object }),
  );
  const before = new Set(engine.findings().map((finding) => finding.id));
  const planned = new Set(plans.flatMap(({ id, behind }) => (behind ? [id, behind] : [id])));
  return engine.preview(changes, () => {
    const workloads = plans.flatMap(({ id, behind }) => {
      const workload = engine.workload(id);
      if (!workload) return [];
      const attachments = engine.attachmentsOf(id).map((attachment) => toCheckAttachment(engine, attachment));
      return [
        {
          id,
          namespace: workload.namespace,
          name: workload.name,
          verdict: worse(verdictOf(engine, id), behind ? verdictOf(engine, behind) : undefined),
          attachments,
        },
      ];
    });
    const findings = engine
      .findings()
      .filter(
        (finding) =>
          !before.has(finding.id) ||
          finding.subjects.some((subject) => subject.type === 'workload' && planned.has(subject.id)),
      );
    return { revision: engine.revision, objects: objects.length, issues, workloads, findings };
  });
}

type Verdict = PreflightDoc['workloads'][number]['verdict'];

const verdicts: readonly Verdict[] = ['fails', 'unsure', 'attaches'];

/** What stops the launcher pod stops its machine. */
const worse = (a: Verdict, b: Verdict | undefined): Verdict => verdicts.find((one) => one === a || one === b) ?? a;

function verdictOf(engine: Engine, id: string): Verdict {
  if (engine.plugsOf(id).some(({ state }) => state === 'failed')) return 'fails';
  return engine.findingsOf(id).some((finding) => finding.severity !== 'info') ? 'unsure' : 'attaches';
}
