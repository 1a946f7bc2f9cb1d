import { dullOfPod } from '@busbar/shared/kube/lean-pod';
import { LeanCutter, type LeanPlace } from './lean-cutter.ts';

const { metadata, spec, status } = dullOfPod.records;

const pod: LeanPlace = { ...dullOfPod, expect: { apiVersion: 'v1', kind: 'Pod' } };

/** The newest time in a dump is its clock: those stay. */
const timedPod: LeanPlace = {
  ...pod,
  mustSay: true,
  records: {
    spec,
    metadata: {
      ...metadata,
      drop: without(metadata.drop, 'managedFields'),
      lists: {
        ...metadata.lists,
        managedFields: {
          drop: new Set(['apiVersion', 'fieldsType', 'fieldsV1', 'manager', 'operation', 'subresource']),
        },
      },
    },
    status: {
      ...status,
      lists: { ...status.lists, conditions: { drop: without(status.lists.conditions.drop, 'lastTransitionTime') } },
    },
  },
};

function without(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  return new Set([...names].filter((other) => other !== name));
}

/** For the items of a list of pods, which need not say what they are. */
export const listedPods = new LeanCutter(pod);
/** For the lines of a watch of pods. */
export const watchedPods = new LeanCutter({ drop: new Set(), records: { object: pod } });
/** For pods among other objects in a recording. */
export const recordedPods = new LeanCutter(timedPod);
