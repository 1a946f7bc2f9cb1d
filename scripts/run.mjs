import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const PARENT_CHECK_MS = 1_000;

/** Runs a command to its end with the parent's streams and resolves to its exit code, 128 + n when a signal ended it. */
export function run([command, ...args], options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    const stopForwarding = forwardSignals(child);
    const stopWatching = watchParent(child);
    child.once('error', (error) => {
      stopForwarding();
      stopWatching();
      reject(new Error(`cannot run ${command}: ${error.message}`));
    });
    child.once('exit', (code, signal) => {
      stopForwarding();
      stopWatching();
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/** Ctrl-C in a terminal already reaches the whole process group; only signals sent to us alone are passed on. */
function forwardSignals(child) {
  const listeners = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const listener = () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    process.on(signal, listener);
    return [signal, listener];
  });
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}

/** When whoever started us is killed without a word, what we started must not stay behind. */
function watchParent(child) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, PARENT_CHECK_MS);
  return () => clearInterval(timer);
}
