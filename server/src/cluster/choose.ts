import type { WatchedKind } from '@busbar/shared/kube/watched-kind';
import type { Topology } from '@busbar/shared/model/topology';
import type { ClusterAccess, KubeconfigOptions } from './api/kubeconfig.ts';
import { type DumpOptions, type DumpSource, openDump } from './dump/dump.ts';
import { SourceError } from './errors.ts';
import type { LiveOptions } from './live.ts';
import type { ObjectSource } from './source.ts';

/** A demo cluster that runs: the kubeconfig that reaches it, and how to end it. */
export type RunningDemo = { kubeconfig: unknown; stop: () => Promise<void> };

export type ChooseOptions = KubeconfigOptions & {
  /** A file, a folder, or '-' for stdin. */
  from?: string;
  /** Asked for by name: no cluster is looked for. */
  demo?: boolean;
  namespaces?: readonly string[];
  kinds: readonly WatchedKind[];
  /** Starts the demo cluster. Without it there is no fallback: `check` and `export` must not diagnose a demo by accident. */
  startDemo?: () => Promise<RunningDemo>;
  stdin?: DumpOptions['stdin'];
  /** For the live source: shorter waits in tests, the user agent. */
  live?: Partial<Pick<LiveOptions, 'timing' | 'userAgent' | 'retention' | 'pageSize'>>;
  serviceAccountFolder?: string;
};

/** `note`: one sentence for the terminal and the page, where the choice needs saying. */
export type Chosen = { source: ObjectSource; dump?: DumpSource; note?: string } | { snapshot: Topology; note?: string };

/**
 * Where objects come from, in the order the CLI promises: --from, else --kubeconfig, KUBECONFIG or ~/.kube/config with --context,
 * else the cluster around this pod, else the demo cluster. Rejects with a SourceError (exit 2) when what was asked for is not there;
 * only what nobody asked for is passed over.
 */
export const chooseSource = async (options: ChooseOptions): Promise<Chosen> => {
  if (options.from !== undefined) return chooseDump(options.from, options);
  if (options.demo) return chooseDemo(options);
  const { loadKubeconfig } = await import('./api/kubeconfig.ts');
  const access = loadKubeconfig(options);
  if (access) return { source: await createLive(options, () => loadKubeconfig(options) ?? access) };
  if (options.context)
    throw new SourceError(
      'kubeconfig',
      `there is no kubeconfig, and so no context "${options.context}"`,
      'Name the file with --kubeconfig or KUBECONFIG.',
    );
  const { isInCluster, loadInCluster } = await import('./api/in-cluster.ts');
  const env = options.env ?? process.env;
  if (isInCluster(env, options.serviceAccountFolder))
    return { source: await createLive(options, () => loadInCluster(env, options.serviceAccountFolder)) };
  return chooseDemo(
    options,
    'No cluster is configured (no --kubeconfig, no KUBECONFIG, no ~/.kube/config): this is the demo cluster.',
  );
};

const chooseDump = async (from: string, options: ChooseOptions): Promise<Chosen> => {
  const { kinds, namespaces, stdin } = options;
  const opened = await openDump(from, { kinds, ...(namespaces ? { namespaces } : {}), ...(stdin ? { stdin } : {}) });
  return 'snapshot' in opened ? { snapshot: opened.snapshot } : { source: opened.source, dump: opened.source };
};

const chooseDemo = async (options: ChooseOptions, note?: string): Promise<Chosen> => {
  if (!options.startDemo)
    throw new SourceError(
      'not-found',
      'there is nothing to read: no --from, no kubeconfig, and this is not a pod',
      'Pass --from FILE, set KUBECONFIG, or try busbar demo.',
    );
  const demo = await options.startDemo();
  const { accessFrom } = await import('./api/kubeconfig.ts');
  const { LiveSource } = await import('./live.ts');
  const access = (): ClusterAccess => accessFrom(demo.kubeconfig);
  const live = new LiveSource({ ...liveOptions(options), load: access, kind: 'demo', name: 'demo cluster' });
  const source: ObjectSource = {
    describe: () => live.describe(),
    start: (sink) => live.start(sink),
    stop: async () => {
      await live.stop();
      await demo.stop();
    },
  };
  return note ? { source, note } : { source };
};

const liveOptions = (options: ChooseOptions): Omit<LiveOptions, 'load'> => ({
  kinds: options.kinds,
  ...(options.namespaces?.length ? { namespaces: options.namespaces } : {}),
  ...options.live,
});

/** The client of the cluster is loaded where there is one: it is most of the program, and a dump needs none of it. */
const createLive = async (options: ChooseOptions, load: LiveOptions['load']): Promise<ObjectSource> => {
  const { LiveSource } = await import('./live.ts');
  return new LiveSource({ ...liveOptions(options), load });
};
