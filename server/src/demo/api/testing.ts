import type { DemoApi } from './start.ts';
import type { JsonObject } from './types.ts';
import { asArray, asObject, asString } from './types.ts';

/** Test helpers: the demo API through its real wire. */
export type Reply = { status: number; headers: Headers; body: JsonObject };

export const call = async (
  api: DemoApi,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> => {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const response = await fetch(api.url + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': type }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith('{') ? (JSON.parse(text) as JsonObject) : { text },
  };
};

export const get = (api: DemoApi, path: string, headers: Record<string, string> = {}): Promise<Reply> =>
  call(api, 'GET', path, undefined, headers);

export const namesOf = (list: JsonObject): string[] =>
  asArray(list['items']).map((item) => asString(asObject(asObject(item)['metadata'])['name']));
export const metaOf = (object: JsonObject | undefined): JsonObject => asObject(asObject(object)['metadata']);

export const pod = (name: string, extra: JsonObject = {}, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'main', image: 'nginx:1.25' }], ...extra },
});

export type Stream = {
  /** The next line, parsed; text that is not JSON comes as `{ garbage }`. Null when the stream has ended. */
  next: (timeoutMs?: number) => Promise<JsonObject | null>;
  close: () => void;
};

const TIMEOUT = 3000;

/** Opens a watch and hands out its lines one by one. */
export const watch = async (
  api: DemoApi,
  path: string,
  headers: Record<string, string> = {},
): Promise<Stream & { status: number }> => {
  const abort = new AbortController();
  const response = await fetch(`${api.url}${path}${path.includes('?') ? '&' : '?'}watch=1`, {
    headers,
    signal: abort.signal,
  });
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let buffer = '';
  const line = async (): Promise<JsonObject | null> => {
    for (;;) {
      const end = buffer.indexOf('\n');
      if (end >= 0) {
        const text = buffer.slice(0, end);
        buffer = buffer.slice(end + 1);
        return text.startsWith('{') ? (JSON.parse(text) as JsonObject) : { garbage: text };
      }
      const read = await reader?.read().catch(() => undefined);
      if (read === undefined || read.done) return null;
      buffer += decoder.decode(read.value, { stream: true });
    }
  };
  return {
    status: response.status,
    close: () => abort.abort(),
    next: (timeoutMs = TIMEOUT) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('no line came')), timeoutMs);
      });
      return Promise.race([line(), late]).finally(() => clearTimeout(timer));
    },
  };
};
