/** A long-running process of a rig: started with its log in a file, stopped by its pid, never left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

export type Daemon = {
  pid: number;
  exited: () => boolean;
  /** 128 + n when signal n ended it, as a shell has it; undefined while it runs. */
  exitCode: () => number | undefined;
  log: () => string;
  stop: () => Promise<void>;
};

const KILL_AFTER_MS = 5_000;
const LOG_TAIL = 4_000;
/** Linux: the kernel ends the daemon with its parent, also when that is killed and runs no exit handler. */
const SETPRIV = '/usr/bin/setpriv';
const WITH_PARENT = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL'] : [];

/** Starts `command`; its output goes to `logFile`, `env` comes on top of ours. */
export function startDaemon(command: string, args: string[], logFile: string, env: NodeJS.ProcessEnv = {}): Daemon {
  const out = openSync(logFile, 'a');
  const [program = command, ...rest] = [...WITH_PARENT, command, ...args];
  const child = spawn(program, rest, {
    stdio: ['ignore', out, out],
    env: { ...process.env, ...env },
  });
  let failure = '';
  child.once('error', (error) => {
    failure = error.message;
  });
  const exited = () => failure !== '' || child.exitCode !== null || child.signalCode !== null;
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  return {
    pid: child.pid ?? 0,
    exited,
    exitCode: () => child.exitCode ?? (child.signalCode ? 128 + constants.signals[child.signalCode] : undefined),
    log: () => failure || readFileSync(logFile, 'utf8').slice(-LOG_TAIL),
    stop: async () => {
      process.off('exit', onExit);
      if (!exited()) await terminate(child);
    },
  };
}

async function terminate(child: ChildProcess): Promise<void> {
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  await gone;
  clearTimeout(timer);
}

/** Polls until `ready`; fails with the daemon's log when it ends first or the time is up. */
export async function waitUntil(daemon: Daemon, what: string, ready: () => Promise<boolean>, limitMs: number) {
  const deadline = performance.now() + limitMs;
  while (!(await ready())) {
    const problem = daemon.exited() ? 'ended' : performance.now() > deadline ? 'is not ready in time' : undefined;
    if (problem) throw new Error(`${what} ${problem}:\n${daemon.log()}`);
    await sleep(100);
  }
}
