import type { Io } from './command.ts';

/** The streams of this process. A reader that went away (`| head`) ends the program quietly, as it does any other. */
export function processIo(): Io {
  const { stdout, stderr, stdin, env } = process;
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
      throw error;
    });
  }
  return {
    out: (text) =>
      new Promise((resolve) => {
        stdout.write(text, () => resolve());
      }),
    note: (text) => {
      stderr.write(`${text}\n`);
    },
    ...(stderr.isTTY === true ? { progress: (text: string) => void stderr.write(`\r\u001b[K${text}`) } : {}),
    stdin,
    env,
    // https://no-color.org: present and not empty.
    colour: stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
    width: stdout.columns ?? 100,
  };
}
