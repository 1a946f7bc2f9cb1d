import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Login } from './kubeconfig.ts';

export type ApiResponse = { status: number; body: unknown };
export type ApiClient = (method: string, path: string, body?: unknown, contentType?: string) => Promise<ApiResponse>;

/** The plainest client there is: one request, the whole answer, JSON if it is JSON. It throws on no status. */
export function apiClient(url: string, ca: string | undefined, login?: Login): ApiClient {
  const tls = { ...(ca && { ca }), ...(login && 'cert' in login && login) };
  return (method, path, body, contentType = 'application/json') =>
    new Promise((resolve, reject) => {
      const headers = {
        'Content-Type': contentType,
        ...(login && 'token' in login && { Authorization: `Bearer ${login.token}` }),
      };
      const send = url.startsWith('https:') ? httpsRequest : httpRequest;
      const request = send(new URL(path, url), { method, headers, ...tls, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          resolve({ status: response.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString()) });
        });
      });
      request.once('error', reject);
      request.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
    });
}

/** The same, but anything but 2xx is an error that says what the server said. */
export async function must(response: Promise<ApiResponse>): Promise<unknown> {
  const { status, body } = await response;
  if (status < 200 || status > 299) throw new Error(`HTTP ${status}: ${JSON.stringify(body)}`);
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
