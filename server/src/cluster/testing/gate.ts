import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DemoApi } from '../../demo/api/start.ts';

export type Gate = Pick<DemoApi, 'kubeconfig'> & { close: () => void };

/** Stands before an API and answers in its place where `refuse` names a status: for trouble that has only one kind or one verb. */
export const openGate = async (api: DemoApi, refuse: (path: string) => number | undefined): Promise<Gate> => {
  const server = createServer((incoming, outgoing) => {
    const status = refuse(incoming.url ?? '');
    if (status !== undefined) {
      outgoing.writeHead(status, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify({ kind: 'Status', code: status, message: `refused with ${status}` }));
      return;
    }
    const onward = request(new URL(incoming.url ?? '', api.url), { headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing).on('close', () => answer.destroy());
    });
    onward.on('error', () => outgoing.destroy()).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    kubeconfig: (options) => ({ ...api.kubeconfig(options), clusters: [{ name: 'demo', cluster: { server: url } }] }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
