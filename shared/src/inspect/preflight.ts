import type { Engine } from '../engine/engine-api.ts';
import type { Change, KubeObject } from '../kube/object.ts';
import { workloadId } from '../model/ids.ts';
import type { Finding } from '../model/topology.ts';
import { type CheckAttachment, toCheckAttachment } from './check-report.ts';

/** What manifests would do to the cluster as it is now. Nothing is applied. */
export type PreflightDoc = {
  revision: number;
  /** Objects that were judged, and what could not be read of the text. */
  objects: number;
  issues: { message: string; line?: number }[];
  /** One per pod and per pod template, its attachments in slot order. */
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

/** Fields that only an API server and the nodes write: a pod that is pasted as it runs is judged as if it were made anew. */
const statusAnnotations = ['k8s.v1.cni.cncf.io/network-status', 'k8s.v1.cni.cncf.io/networks-status'];

function asPlanned(object: KubeObject): KubeObject {
  if (object.kind !== 'Pod') return object;
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

/** Judges objects (namespaces filled in, pods of templates among them) against the live state of the engine, which stays as it was. */
export function buildPreflightDoc(
  engine: Engine,
  objects: readonly KubeObject[],
  issues: PreflightDoc['issues'],
): PreflightDoc {
  const changes: Change[] = objects.map((object) => ({ type: 'put', object: asPlanned(object) }));
  const before = new Set(engine.findings().map((finding) => finding.id));
  const ids = objects
    .filter((object) => object.kind === 'Pod')
    .map((object) => workloadId('Pod', object.metadata.namespace ?? 'default', object.metadata.name));
  const planned = new Set(ids);
  return engine.preview(changes, () => {
    const workloads = ids.flatMap((id) => {
      const workload = engine.workload(id);
      if (!workload) return [];
      const attachments = engine.attachmentsOf(id).map((attachment) => toCheckAttachment(engine, attachment));
      return [
        {
          id,
          namespace: workload.namespace,
          name: workload.name,
          verdict: verdictOf(engine, id, attachments),
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

function verdictOf(
  engine: Engine,
  id: string,
  attachments: readonly CheckAttachment[],
): 'attaches' | 'fails' | 'unsure' {
  if (attachments.some((attachment) => attachment.state === 'failed')) return 'fails';
  return engine.findingsOf(id).some((finding) => finding.severity !== 'info') ? 'unsure' : 'attaches';
}
