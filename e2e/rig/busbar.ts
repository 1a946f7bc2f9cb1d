/** The built program as a user runs it: a process, its output, its URL. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Daemon, startDaemon, waitUntil } from './daemon.ts';

export type Busbar = {
  /** As printed, with the one-time token: open this in a browser. */
  openUrl: string;
  /** Scheme, host and port alone. */
  origin: string;
  pid: number;
  log: Daemon['log'];
  exitCode: Daemon['exitCode'];
  /** SIGTERM, and SIGKILL when that does not end it in time. */
  stop: () => Promise<void>;
};

export type CliResult = { code: number; stdout: string; stderr: string };

const MAIN = fileURLToPath(new URL('../../server/dist/main.js', import.meta.url));
const START_LIMIT_MS = 30_000;
const RUN_LIMIT_MS = 60_000;
const MAX_OUTPUT = 256 * 1024 * 1024;

const SOURCE = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url));

/** What there is to run: the built program, else its source, which takes a second longer to start. */
export const busbarMain = (): string => (existsSync(MAIN) ? MAIN : SOURCE);

/** Why the built program cannot be tested; undefined when it can. */
export const busbarMissing = (): string | undefined =>
  existsSync(MAIN) ? undefined : 'server/dist/main.js is not built (npm run setup)';

export type StartOptions = { port?: number; main?: string; env?: NodeJS.ProcessEnv };

/** Starts a serving command, `['demo', '--pods', '100']` say, on a free port and waits for the URL it prints. */
export async function startBusbar(
  args: string[],
  { port = 0, main = MAIN, env = {} }: StartOptions = {},
): Promise<Busbar> {
  const folder = mkdtempSync(join(tmpdir(), 'busbar-server-'));
  const daemon = startDaemon(process.execPath, [main, ...args, '--port', String(port)], join(folder, 'log'), env);
  const stop = async () => {
    await daemon.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  let openUrl: string | undefined;
  const isUp = async () => {
    openUrl = printedUrl(daemon.log());
    return openUrl !== undefined;
  };
  try {
    await waitUntil(daemon, `busbar ${args.join(' ')}`, isUp, START_LIMIT_MS);
  } catch (error) {
    await stop();
    throw error;
  }
  if (openUrl === undefined) throw new Error('unreachable: it is up');
  const { pid, log, exitCode } = daemon;
  return { openUrl, origin: new URL(openUrl).origin, pid, log, exitCode, stop };
}

/** Spends the token of a printed URL as a browser would; the result is the Cookie header of the session. */
export async function signIn(openUrl: string): Promise<string> {
  const response = await fetch(openUrl, { redirect: 'manual' });
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  if (cookies.length === 0) throw new Error(`no session from the printed URL: HTTP ${response.status}`);
  return cookies.join('; ');
}

export type RunOptions = { input?: string | Buffer; cwd?: string; main?: string; env?: NodeJS.ProcessEnv };

/** Runs a command to its end. */
export function runBusbar(
  args: string[],
  { input = '', cwd = process.cwd(), main = MAIN, env = {} }: RunOptions = {},
): CliResult {
  const options = {
    input,
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: RUN_LIMIT_MS,
    maxBuffer: MAX_OUTPUT,
  } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], options);
  return { code: status ?? -1, stdout, stderr };
}

const printedUrl = (log: string): string | undefined =>
  /https?:\/\/(?:127\.0\.0\.1|localhost):\d+(?:\/[^\s"'<>]*)?/.exec(log)?.[0];
