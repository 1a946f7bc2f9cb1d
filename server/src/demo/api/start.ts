import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Access, User } from './access.ts';
import { createAccess } from './access.ts';
import type { Faults, Misbehave } from './misbehave.ts';
import { createMisbehave, isStalled, noFaults } from './misbehave.ts';
import type { ObjectStore } from './object-store.ts';
import { createObjectStore } from './object-store.ts';
import { createOperations } from './operations.ts';
import { createRegistry } from './registry.ts';
import { CRD_KEY } from './resources.ts';
import type { ServerContext } from './server.ts';
import { handle } from './server.ts';
import { createStore } from './store.ts';
import type { JsonObject } from './types.ts';
import type { Watcher } from './watch.ts';

export type DemoApiOptions = {
  /** 0 or nothing: a free port. */
  port?: number;
  host?: string;
  /** PEM texts; given both, the API speaks TLS. */
  tls?: { key: string; cert: string };
  /** Bearer tokens and whom they stand for. None: everybody is the administrator. */
  tokens?: Record<string, User>;
  now?: () => number;
  /** Hands out uids; a seeded one makes a world repeatable. */
  uid?: () => string;
  /** Hands out the five characters behind a generateName. */
  suffix?: () => string;
  /** Events kept per kind for watches that resume. */
  historySize?: number;
  bookmarkMs?: number;
  terminationMs?: number;
  gitVersion?: string;
};

export type DemoApi = {
  url: string;
  port: number;
  /** A kubeconfig that reaches this API, as an object; JSON is YAML. */
  kubeconfig: (options?: { token?: string; namespace?: string }) => JsonObject;
  store: ObjectStore;
  access: Access;
  misbehave: Misbehave;
  openWatches: () => number;
  stop: () => Promise<void>;
};

const versionInfo = (gitVersion: string): JsonObject => {
  const [major = '1', minor = '34'] = gitVersion.replace(/^v/, '').split('.');
  return {
    major,
    minor,
    gitVersion,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '2026-01-01T00:00:00Z',
    goVersion: 'go1.24.0',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
};

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const randomSuffix = (): string =>
  Array.from({ length: 5 }, () => ALPHABET[Math.floor(Math.random() * ALPHABET.length)] ?? 'x').join('');

const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const spread = (context: ServerContext, watchers: Set<Watcher>, faults: Faults): (() => void) =>
  context.store.listen((key, event) => {
    if (key === CRD_KEY && event.kind === 'DELETED') {
      // The kind is gone, and so are its watches, once they have told of the last objects.
      setImmediate(() => {
        for (const watcher of watchers) if (watcher.resource === event.entry.name) watcher.end();
      });
    }
    const delay = faults.delays.get(key) ?? 0;
    const go = (): void => {
      for (const watcher of watchers) {
        if (watcher.resource !== key || isStalled(faults, key)) continue;
        watcher.deliver(event);
        if (faults.duplicate) watcher.repeat(event);
      }
    };
    if (delay === 0) go();
    else setTimeout(go, delay).unref();
  });

/** Starts an in-process Kubernetes API on loopback: the demo cluster's server, and the tests' double of a real one. */
export const startDemoApi = async (options: DemoApiOptions = {}): Promise<DemoApi> => {
  const host = options.host ?? '127.0.0.1';
  const now = options.now ?? Date.now;
  const registry = createRegistry();
  const store = createStore({
    historySize: options.historySize ?? 4096,
    now,
    uid: options.uid ?? randomUUID,
    firstVersion: 1000,
  });
  const operations = createOperations({
    store,
    registry,
    now,
    suffix: options.suffix ?? randomSuffix,
    terminationMs: options.terminationMs ?? 1000,
  });
  const faults = noFaults();
  const watchers = new Set<Watcher>();
  const access = createAccess(options.tokens ?? {});
  const context: ServerContext = {
    registry,
    store,
    operations,
    access,
    faults,
    watchers,
    now,
    bookmarkMs: options.bookmarkMs ?? 10_000,
    version: versionInfo(options.gitVersion ?? 'v1.34.1'),
  };
  const quiet = spread(context, watchers, faults);

  const build = (): Server => {
    const run = (request: Parameters<typeof handle>[1], response: Parameters<typeof handle>[2]): void =>
      void handle(context, request, response);
    const made = options.tls === undefined ? createHttp(run) : createHttps(options.tls, run);
    made.keepAliveTimeout = 60_000;
    return made;
  };
  let server = build();
  const port = await listen(server, options.port ?? 0, host);
  const url = `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}`;

  const restart: Misbehave['restart'] = async ({ downMs = 0, compact = false } = {}) => {
    await close(server);
    if (compact) store.compact();
    if (downMs > 0) await new Promise((resolve) => setTimeout(resolve, downMs));
    server = build();
    await listen(server, port, host);
  };

  for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system']) {
    const type = registry.byKey('namespaces');
    if (type !== undefined) operations.create(type, '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }

  return {
    url,
    port,
    kubeconfig: ({ token, namespace = 'default' } = {}) => ({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'demo',
      clusters: [
        {
          name: 'demo',
          cluster: {
            server: url,
            ...(options.tls === undefined
              ? {}
              : { 'certificate-authority-data': Buffer.from(options.tls.cert).toString('base64') }),
          },
        },
      ],
      users: [{ name: 'demo', user: token === undefined ? {} : { token } }],
      contexts: [{ name: 'demo', context: { cluster: 'demo', user: 'demo', namespace } }],
    }),
    store: createObjectStore(store, registry, operations),
    access,
    misbehave: createMisbehave(faults, watchers, restart),
    openWatches: () => watchers.size,
    stop: async () => {
      quiet();
      operations.stop();
      await close(server);
    },
  };
};
