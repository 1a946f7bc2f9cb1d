import type { ServerResponse } from 'node:http';
import type { Entry, StoreEvent } from './history.ts';
import type { Store } from './store.ts';
import { fullJson, toObject } from './store.ts';
import type { IncludeObject } from './table.ts';
import { columnDefinitions, partialMetadata, toTable } from './table.ts';
import type { JsonObject, KubeObject, ResourceType } from './types.ts';
import { apiVersionOf, resourceKey } from './types.ts';

export type Format = { as: 'object' } | { as: 'partial' } | { as: 'table'; include: IncludeObject };

export type WatchRequest = {
  type: ResourceType;
  match: (entry: Entry) => boolean;
  format: Format;
  bookmarks: boolean;
  from: number;
  /** Objects to announce first: a watch without a version, or with sendInitialEvents. */
  initial: Entry[];
  markInitialEnd: boolean;
};

/** Bytes a slow reader may leave unread before the server hangs up on it. */
const MAX_UNREAD = 64 << 20;

/** Characters of the initial part that are made at a time, as fast as they are read. */
const CHUNK = 1 << 18;

/**
 * One open watch. Delivery is a pure function of the history after `sent`, so a pause loses nothing, and neither does the time that the
 * initial part takes.
 */
export type Watcher = {
  resource: string;
  /** Announces what was there, and goes on with what happened since. */
  start: () => void;
  deliver: (event: StoreEvent) => void;
  /** Sends once more what was already sent. */
  repeat: (event: StoreEvent) => void;
  bookmark: () => void;
  raw: (text: string) => void;
  /** Silent but open until `resume`. */
  pause: () => void;
  resume: () => void;
  end: () => void;
  cut: () => void;
};

type Line = { kind: string; entry: Entry } | null;

/** What one event is for a watch with a selector: an object may enter or leave the selection. */
const seenBy = (event: StoreEvent, match: (entry: Entry) => boolean): Line => {
  const now = event.kind !== 'DELETED' && match(event.entry);
  const before = event.previous !== undefined && match(event.previous);
  if (now) return { kind: before ? 'MODIFIED' : 'ADDED', entry: event.entry };
  return before ? { kind: 'DELETED', entry: event.entry } : null;
};

export const createWatcher = (
  request: WatchRequest,
  response: ServerResponse,
  store: Store,
  now: () => number,
): Watcher => {
  const { type, format } = request;
  const resource = resourceKey(type);
  let sent = request.from;
  let paused = false;
  /** What is still to be announced; null once all that was there is told. */
  let initial: Iterator<Entry> | null = request.initial.values();
  let isFull = false;
  let columnsSent = false;

  const raw = (text: string): void => {
    if (response.destroyed || response.writableEnded) return;
    response.write(text);
    if (response.writableLength > MAX_UNREAD) response.destroy();
  };

  const shape = (object: KubeObject): JsonObject => {
    if (format.as !== 'table') return partialMetadata(object);
    const table = toTable(
      type,
      [object],
      { resourceVersion: object.metadata.resourceVersion ?? '' },
      format.include,
      now(),
      !columnsSent,
    );
    columnsSent = true;
    return table;
  };

  const line = (kind: string, entry: Entry): string =>
    format.as === 'object'
      ? `{"type":"${kind}","object":${fullJson(type, entry)}}\n`
      : `${JSON.stringify({ type: kind, object: shape(toObject(type, entry)) })}\n`;

  const sharedLine = (event: StoreEvent, kind: string): string => {
    if (format.as !== 'object') return line(kind, event.entry);
    const id = `${kind}/${type.version}`;
    const made = event.lines.get(id) ?? line(kind, event.entry);
    event.lines.set(id, made);
    return made;
  };

  const deliver = (event: StoreEvent): void => {
    if (paused || initial !== null || event.entry.version <= sent) return;
    sent = event.entry.version;
    const seen = seenBy(event, request.match);
    if (seen !== null) raw(sharedLine(event, seen.kind));
  };

  const mark = (annotations?: Record<string, string>): void => {
    const metadata = {
      resourceVersion: String(Math.max(sent, store.version())),
      creationTimestamp: null,
      ...(annotations === undefined ? {} : { annotations }),
    };
    const bare = { kind: type.kind, apiVersion: apiVersionOf(type), metadata } as unknown as JsonObject;
    const table = {
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      columnDefinitions: columnDefinitions(type),
      rows: [],
    } as unknown as JsonObject;
    raw(`${JSON.stringify({ type: 'BOOKMARK', object: format.as === 'table' ? table : bare })}\n`);
  };

  const catchUp = (): void => {
    for (const event of store.history(resource).after(sent)) deliver(event);
  };

  const nextChunk = (): string => {
    let text = '';
    while (initial !== null && text.length < CHUNK) {
      const { done, value } = initial.next();
      if (done) initial = null;
      else text += line('ADDED', value);
    }
    return text;
  };

  const announce = (): void => {
    while (initial !== null) {
      if (paused || isFull || response.destroyed || response.writableEnded) return;
      if (response.write(nextChunk()) || initial === null) continue;
      isFull = true;
      response.once('drain', () => {
        isFull = false;
        announce();
      });
    }
    // A reader so slow that the history has forgotten what happened meanwhile must begin again.
    if (store.history(resource).oldest() > sent) return void response.destroy();
    catchUp();
    if (request.markInitialEnd) mark({ 'k8s.io/initial-events-end': 'true' });
  };

  return {
    resource,
    start: announce,
    deliver,
    repeat: (event) => {
      const seen = paused || initial !== null ? null : seenBy(event, request.match);
      if (seen !== null) raw(sharedLine(event, seen.kind));
    },
    raw,
    bookmark: () => {
      if (!paused && initial === null && request.bookmarks) mark();
    },
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
      if (initial === null) catchUp();
      else announce();
    },
    end: () => void response.end(),
    cut: () => void response.destroy(),
  };
};
