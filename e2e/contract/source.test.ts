import { describe } from 'vitest';
import { accessFrom, loadKubeconfig } from '../../server/src/cluster/api/kubeconfig.ts';
import { startDemoApi } from '../../server/src/demo/api/start.ts';
import { apiClient } from '../rig/api-client.ts';
import { apiServerMissing, startApiServer } from '../rig/apiserver.ts';
import { testSource, type World } from './source-suite.ts';

const beginDemo = async (): Promise<World> => {
  const admin = { name: 'admin', groups: ['system:masters'] };
  const demo = await startDemoApi({ bookmarkMs: 500, tokens: { admin } });
  return {
    api: apiClient(demo.url, undefined, { token: 'admin' }),
    load: () => accessFrom(demo.kubeconfig({ token: 'admin' })),
    loadAs: async (name, rules, namespace) => {
      demo.access.addToken(name, { name, groups: ['system:authenticated'] });
      const allowed = new Set(rules.flatMap((rule) => rule.resources ?? []));
      for (const resource of ['pods', 'nodes', 'events'])
        if (!allowed.has(resource)) demo.access.forbid(name, resource);
      for (const resource of allowed) if (namespace) demo.access.forbid(name, resource, '');
      return () => accessFrom(demo.kubeconfig({ token: name }));
    },
    forget: async () => demo.store.compact(),
    restart: () => demo.misbehave.restart({ downMs: 200 }),
    bookmarks: true,
    stop: demo.stop,
  };
};

const beginReal = async (): Promise<World> => {
  const server = await startApiServer();
  const load = (kubeconfig: string) => () => {
    const access = loadKubeconfig({ kubeconfig });
    if (!access) throw new Error(`no context in ${kubeconfig}`);
    return access;
  };
  return {
    api: server.api,
    load: load(server.kubeconfig),
    loadAs: async (name, rules, namespace) => load((await server.addUser(name, rules, namespace)).kubeconfig),
    // A watch cache begins where its server began, which is past version 1 once there is something to start with.
    forget: async () => server.restart?.(),
    restart: async () => server.restart?.(),
    bookmarks: false,
    stop: server.stop,
  };
};

describe('a live source on the demo API', () => testSource(beginDemo));

const missing = apiServerMissing();
if (missing) console.warn(`the live source on a real kube-apiserver: skipped, ${missing}`);
describe.skipIf(missing)(`a live source on a real kube-apiserver${missing ? ` (${missing})` : ''}`, () =>
  testSource(beginReal),
);
