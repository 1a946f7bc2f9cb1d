import type { WatchedKind } from '@busbar/shared/kube/watched-kind';
import type { DemoApi } from '../../demo/api/start.ts';
import { accessFrom } from '../api/kubeconfig.ts';
import { type LiveOptions, LiveSource } from '../live.ts';
import { testKinds } from './kinds.ts';
import { createRecorder, type Recorder } from './recorder.ts';

/** Waits short enough for a test, in the same proportions as the real ones. */
export const quickTiming = {
  retryMs: 20,
  retryMaxMs: 200,
  forbiddenRetryMs: 150,
  stallMs: 2000,
  discoveryMs: 60_000,
  coalesceMs: 5,
  reportMs: 30,
  answerMs: 2000,
};

export type Running = Recorder & { source: LiveSource; stop: () => Promise<void> };

export type RunOptions = Partial<Omit<LiveOptions, 'load' | 'kinds'>> & {
  kinds?: readonly WatchedKind[];
  token?: string;
};

/** A live source on an API, and all it says. */
export const runOn = (
  api: Pick<DemoApi, 'kubeconfig'>,
  options: RunOptions = {},
): Running & { ready: Promise<void> } => {
  const { token, kinds, timing, ...rest } = options;
  const source = new LiveSource({
    load: () => accessFrom(api.kubeconfig(token === undefined ? {} : { token })),
    kinds: kinds ?? testKinds,
    timing: { ...quickTiming, ...timing },
    ...rest,
  });
  const recorder = createRecorder();
  const ready = source.start(recorder);
  ready.catch(() => {});
  return Object.assign(recorder, { source, ready, stop: () => source.stop() });
};
