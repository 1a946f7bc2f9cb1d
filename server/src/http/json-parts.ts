import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Topology } from '@busbar/shared/model/topology';
import type { Response } from 'express';

/** Items turned into text per turn of the event loop. */
const SLICE = 500;

/** A snapshot as text, in parts: a large cluster's is hundreds of megabytes, and one JSON.stringify of it would hold up everyone. */
export function* topologyParts(topology: Topology): Generator<string> {
  let first = true;
  yield '{';
  for (const [key, value] of Object.entries(topology)) {
    yield `${first ? '' : ','}${JSON.stringify(key)}:`;
    first = false;
    if (Array.isArray(value)) yield* listParts(value);
    else yield JSON.stringify(value);
  }
  yield '}\n';
}

function* listParts(items: readonly unknown[]): Generator<string> {
  yield '[';
  for (let at = 0; at < items.length; at += SLICE) {
    yield `${at === 0 ? '' : ','}${JSON.stringify(items.slice(at, at + SLICE)).slice(1, -1)}`;
  }
  yield ']';
}

export async function sendTopology(res: Response, topology: Topology): Promise<void> {
  res.status(200).type('json').set('Cache-Control', 'no-cache');
  await sendParts(res, topologyParts(topology));
}

/** Sends a text at the pace of whoever reads it. */
export async function sendParts(res: Response, parts: Iterable<string>): Promise<void> {
  // One listener for all waits: compression takes listeners over and never gives them back.
  let wake = (): void => {};
  res.on('drain', () => wake());
  res.on('close', () => wake());
  for (const part of parts) {
    if (res.destroyed) return;
    const waits = !res.write(part);
    if (waits && !res.destroyed) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    } else if (part.length > 1000) await nextTurn();
  }
  res.end();
}
