import type { EventRecord } from '../engine/engine-api.ts';
import { type KubeObject, refOf } from '../kube/object.ts';
import { asNumber, asRecord, asText, getText, truncate } from '../kube/read.ts';

const messageLimit = 2048;

/** ms since the epoch; 0 where it is no time. */
export const toTime = (value: unknown): number => {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? 0 : time;
};

/** An Event as it is shown, of either API (`core/v1`, `events.k8s.io/v1`). Times are ms since the epoch, 0 where none is told. */
export function readEventRecord(event: KubeObject): EventRecord {
  const series = asRecord(event['series']);
  const at = toTime(event['eventTime']) || toTime(event.metadata.creationTimestamp);
  const first = toTime(event['firstTimestamp']) || toTime(event['deprecatedFirstTimestamp']) || at;
  const last =
    toTime(series?.['lastObservedTime']) ||
    toTime(event['lastTimestamp']) ||
    toTime(event['deprecatedLastTimestamp']) ||
    at ||
    first;
  const component =
    getText(event, 'source', 'component') ??
    asText(event['reportingComponent']) ??
    asText(event['reportingController']) ??
    '';
  return {
    ref: refOf(event),
    type: asText(event['type']) ?? 'Normal',
    reason: truncate(asText(event['reason']) ?? '', 100),
    message: truncate(asText(event['message']) ?? asText(event['note']) ?? '', messageLimit),
    component: truncate(component, 100),
    first,
    last,
    count: asNumber(series?.['count']) ?? asNumber(event['count']) ?? asNumber(event['deprecatedCount']) ?? 1,
  };
}
