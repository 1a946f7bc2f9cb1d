import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DemoApi } from '../../demo/api/start.ts';

export type Gate = Pick<DemoApi, 'kubeconfig'> & {
  /** What was asked for, in order, as path and query. */
  asked: string[];
  close: () => void;
};

export type GateOptions = {
  /** The bytes after which an answer is cut off. */
  cutAfter?: (path: string) => number | undefined;
  /** What is asked for instead. */
  rewrite?: (path: string) => string;
};

/** An answer that breaks on one side breaks on the other. */
const pass = (answer: IncomingMessage, outgoing: ServerResponse, bytes: number): void => {
  let left = bytes;
  answer
    .on('data', (chunk: Buffer) => {
      outgoing.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) setTimeout(() => outgoing.destroy(), 10);
    })
    .on('error', () => {})
    .on('close', () => (answer.complete ? outgoing.end() : outgoing.destroy()));
  outgoing.on('close', () => answer.destroy());
};

/** Stands before an API and answers in its place where `refuse` names a status: for trouble that has only one kind or one verb. */
export const openGate = async (
  api: DemoApi,
  refuse: (path: string) => number | undefined,
  { cutAfter = () => undefined, rewrite = (path) => path }: GateOptions = {},
): Promise<Gate> => {
  const asked: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '';
    asked.push(path);
    const status = refuse(path);
    if (status !== undefined) {
      outgoing.writeHead(status, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify({ kind: 'Status', code: status, message: `refused with ${status}` }));
      return;
    }
    const onward = request(new URL(rewrite(path), api.url), { headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      outgoing.flushHeaders();
      pass(answer, outgoing, cutAfter(path) ?? Number.POSITIVE_INFINITY);
    });
    onward.on('error', () => outgoing.destroy()).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    asked,
    kubeconfig: (options) => ({ ...api.kubeconfig(options), clusters: [{ name: 'demo', cluster: { server: url } }] }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
