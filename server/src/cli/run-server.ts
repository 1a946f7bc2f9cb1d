import { isWildcard, type ServerConfig } from '../config.ts';
import { keepPausesShort } from '../heap.ts';
import { serve } from '../http/serve.ts';
import { createLog, type Log } from '../log.ts';
import { Runtime } from '../runtime.ts';
import { type Io, UsageError } from './command.ts';
import type { Opened } from './source.ts';
import { oneLine } from './text.ts';

/** A stop that takes longer than this is cut short. */
const STOP_MS = 1500;
const FIRST_RETRY_MS = 5000;
const LAST_RETRY_MS = 60_000;

/** Serves until a signal. A cluster that cannot be reached is shown as such and tried again; a recording that cannot be read is fatal. */
export async function runServer(opened: Opened, config: ServerConfig, io: Io): Promise<number> {
  keepPausesShort();
  const log = createLog(config.logLevel);
  const runtime = new Runtime({ ...opened, log });
  const served = await serve({
    runtime,
    config,
    log,
    onNewLink: (link) => io.note(`That link is used up. For another browser: ${link}`),
  }).catch((error: unknown) => {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  });
  const stopped = untilSignal();
  if (opened.note !== undefined) io.note(opened.note);
  await io.out(`Busbar is at ${served.link}\n`);
  announce(opened, config, io);
  const reading = read(runtime, opened, log);
  const failure = await Promise.race([stopped, reading]);
  await Promise.race([Promise.all([served.close(), runtime.stop()]), later(STOP_MS)]);
  if (failure instanceof Error) throw failure;
  // Whatever a source still holds open must not hold the process.
  setTimeout(() => process.exit(0), 200).unref();
  return 0;
}

/** Resolves only with what cannot be mended by waiting. */
async function read(runtime: Runtime, { reopen }: Opened, log: Log): Promise<Error> {
  for (let wait = FIRST_RETRY_MS; ; wait = Math.min(LAST_RETRY_MS, wait * 2)) {
    try {
      await runtime.start();
      log.info(runtime.engine.counts(), 'the first full list is in');
      return await new Promise<Error>(() => {});
    } catch (error) {
      if (!reopen) return error instanceof Error ? error : new Error(String(error));
      log.error({ reason: runtime.health.detail }, `the cluster cannot be read; next try in ${wait / 1000} s`);
    }
    await later(wait);
    await reopen().then(
      (source) => runtime.use(source),
      (error: unknown) => log.error({ reason: String(error) }, 'the source cannot be opened'),
    );
  }
}

function announce({ source }: Opened, { auth, host, allowHosts }: ServerConfig, io: Io): void {
  const { kind, name, server, context } = source.describe();
  if (kind === 'demo') io.note(`The demo cluster answers kubectl too: kubectl --server=${server} get pods -A`);
  else if (kind === 'cluster') {
    io.note(oneLine(`Reading ${name}${context && context !== name ? ` (context ${context})` : ''} at ${server}`));
  } else io.note(oneLine(`Showing ${name}`));
  if (isWildcard(host) && allowHosts.length === 0) {
    io.note('It listens on every address but answers to localhost alone: name others with --allow-host.');
  }
  if (auth === 'none' && !isLoopback(host)) {
    io.note(`Anyone who reaches this port of ${host} sees everything: --auth none was asked for.`);
  }
}

/** The first SIGINT or SIGTERM asks for a clean end, the second is the end. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = (): void => {
      if (asked) process.exit(130);
      asked = true;
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);
