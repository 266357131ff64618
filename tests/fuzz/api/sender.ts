import { Agent, request } from 'node:http';
import type { Answer } from './answers';

/** An answer later than this is a hang. */
export const ANSWER_MS = 5000;
/** Of a stream, what comes in this time is enough. */
const STREAM_MS = 50;

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/**
 * Sends what `fetch` would not.
 * @param localAddress of this host, that the request is to come from
 * @throws Error without an answer in time
 */
export function send(
  origin: string,
  { method, path, headers, body }: Sent,
  localAddress?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    // Apart: a URL would lose its segments of dots.
    const from = localAddress === undefined ? {} : { localAddress };
    // Without it, the body of a method that usually has none would look like another request.
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const all = { ...headers, ...length };
    const where = { hostname, port, path, method, headers: all, agent, ...from };
    const sent = request(where, (response) => {
      const contentType = response.headers['content-type'] ?? '';
      const chunks: Buffer[] = [];
      const finish = (): void => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).toString('utf8');
        const { statusCode: status = 0 } = response;
        const cookies = response.headers['set-cookie'] ?? [];
        resolve({ status, contentType, body: text, cookies });
      };
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', finish);
      response.on('error', reject);
      if (contentType.startsWith('text/event-stream')) {
        setTimeout(() => {
          finish();
          response.destroy();
        }, STREAM_MS);
      }
    });
    const timer = setTimeout(() => {
      sent.destroy(new Error(`no answer within ${ANSWER_MS} ms`));
    }, ANSWER_MS);
    sent.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end(body);
  });
}
