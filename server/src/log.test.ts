import { expect, test } from 'vitest';
import { toReadable } from './log.ts';

test('a line for a terminal has the time, the level, the message and its fields', () => {
  const line = JSON.stringify({ level: 'info', time: '2026-11-24T10:20:30.123Z', pods: 7, source: 'a b', msg: 'read' });
  expect(toReadable(line)).toBe('10:20:30 info  read pods=7 source=a b\n');
});

test('no control character of a stranger reaches the terminal', () => {
  const line = JSON.stringify({ level: 'error', time: '2026-11-24T10:20:30.123Z', reason: '\u001b[31m\n', msg: 'x' });
  expect(toReadable(line)).toBe('10:20:30 error x reason=\ufffd[31m \n');
});
