import { type DestinationStream, type Logger, pino } from 'pino';
import { harmless } from './cli/text.ts';

export type Log = Logger;
export const logLevels = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Structured log on stderr: one JSON object a line, or `time level message key=value` on a terminal. stdout is never touched. */
export function createLog(level: LogLevel, terminal = process.stderr.isTTY === true): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: nameLevel } };
  return terminal ? pino(options, readable(process.stderr)) : pino(options, pino.destination({ fd: 2, sync: true }));
}

const nameLevel = (level: string): { level: string } => ({ level });

const readable = (output: { write(text: string): unknown }): DestinationStream => ({
  write: (line) => {
    output.write(toReadable(line));
  },
});

/** `{"level":"info","time":"2026-11-24T10:00:00Z","msg":"listening","port":8080}` -> `10:00:00 info  listening port=8080` */
export function toReadable(line: string): string {
  const { level, time, msg, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const fields = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const text = [String(time).slice(11, 19), String(level).padEnd(5), msg, ...fields].join(' ');
  return `${harmless(text.replaceAll('\n', ' '))}\n`;
}
