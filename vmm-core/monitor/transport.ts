import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { ConsoleFrom } from './console-frames';
import type { MonitorProblem } from './protocol';

/** Far more than an answer needs; a monitor that is slower is broken. */
export const REQUEST_TIMEOUT_MS = 5000;
/** A start reads kernel and initrd, from a cold disk at worst. */
const START_TIMEOUT_MS = 60_000;
/** The console's log is the longest answer: 1.1 MB. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const MAX_EVENT_LINE_BYTES = 256 * 1024;

/** The monitor understood the request and did not carry it out. */
export class MonitorRefusal extends Error {
  constructor(readonly problem: MonitorProblem) {
    super(problem.detail);
    this.name = 'MonitorRefusal';
  }
}

/**
 * HTTP over a monitor's control socket. What it brings is bounded in size and time and otherwise
 * unchecked: a guest that took its monitor over may say anything.
 * Throws MonitorRefusal, or Error when the monitor cannot be reached or makes no sense.
 */
export class MonitorTransport {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 2 });

  constructor(
    private readonly socketPath: string,
    private readonly timeoutMs = REQUEST_TIMEOUT_MS,
  ) {}

  async json(method: string, path: string, body?: unknown): Promise<unknown> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return JSON.parse((await this.bytes(method, path, text)).toString('utf8'));
  }

  bytes(method: string, path: string, body?: string | Uint8Array): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const sent = request({
        socketPath: this.socketPath,
        agent: this.agent,
        method,
        path,
        headers: { 'content-length': body === undefined ? 0 : Buffer.byteLength(body) },
      });
      const limitMs = path.endsWith('/start') ? START_TIMEOUT_MS : this.timeoutMs;
      const timer = setTimeout(
        () => sent.destroy(new Error(`the monitor did not answer ${path} within ${limitMs} ms`)),
        limitMs,
      );
      sent.on('close', () => clearTimeout(timer));
      sent.on('error', reject);
      sent.on('response', (response) => {
        readAnswer(response).then((answer) => {
          if ((response.statusCode ?? 0) < 400) resolve(answer);
          else reject(refusal(path, response.statusCode ?? 0, answer));
        }, reject);
      });
      sent.end(body);
    });
  }

  /**
   * Follows a stream of JSON lines.
   * @param onValue may throw, which ends the stream
   * @param onEnd called once, when the stream has ended for whatever reason
   * @returns ends it without calling `onEnd`
   */
  follow(path: string, onValue: (value: unknown) => void, onEnd: () => void): () => void {
    const sent = request({ socketPath: this.socketPath, path, agent: false });
    let over = false;
    const finish = (): void => {
      sent.destroy();
      if (over) return;
      over = true;
      onEnd();
    };
    sent.on('response', (response) => {
      if (response.statusCode !== 200) return finish();
      response.on('close', finish);
      readLines(response, (line) => onValue(JSON.parse(line)), finish);
    });
    sent.on('error', finish);
    sent.end();
    return () => {
      over = true;
      sent.destroy();
    };
  }

  /** @returns the socket that carries frames of console-frames.ts, and the bytes already read */
  openConsole(from: ConsoleFrom): Promise<{ socket: Socket; head: Buffer }> {
    return new Promise((resolve, reject) => {
      const sent = request({
        socketPath: this.socketPath,
        path: `/v1/console?offset=${from}`,
        headers: { connection: 'Upgrade', upgrade: 'virtdeck-console' },
        agent: false,
        timeout: this.timeoutMs,
      });
      sent.on('upgrade', (_response, socket, head) => {
        socket.setTimeout(0);
        resolve({ socket, head });
      });
      sent.on('response', (response) => {
        response.resume();
        reject(new Error(`the monitor answered a console with ${response.statusCode}`));
      });
      failOn(sent, reject);
      sent.end();
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

function failOn(sent: ClientRequest, reject: (error: Error) => void): void {
  sent.on('timeout', () => sent.destroy(new Error('the monitor does not answer')));
  sent.on('error', reject);
}

async function readAnswer(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new Error('the monitor answered too much');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refusal(path: string, status: number, answer: Buffer): Error {
  let body: unknown;
  try {
    body = JSON.parse(answer.toString('utf8'));
  } catch {
    body = undefined;
  }
  return isProblem(body)
    ? new MonitorRefusal(body)
    : new Error(`the monitor answered ${path} with ${status}`);
}

function isProblem(value: unknown): value is MonitorProblem {
  if (typeof value !== 'object' || value === null) return false;
  const { title, status, code, detail, hint, field } = value as Record<string, unknown>;
  const texts = [title, code, detail, hint, field ?? ''];
  const isError = typeof status === 'number' && status >= 400 && status < 600;
  return isError && texts.every((text) => typeof text === 'string');
}

function readLines(
  response: IncomingMessage,
  onLine: (line: string) => void,
  onBroken: () => void,
): void {
  let pending = '';
  response.setEncoding('utf8');
  response.on('error', onBroken);
  response.on('data', (chunk: string) => {
    pending += chunk;
    if (pending.length > MAX_EVENT_LINE_BYTES) return onBroken();
    const lines = pending.split('\n');
    pending = lines.pop() ?? '';
    try {
      for (const line of lines) if (line !== '') onLine(line);
    } catch {
      onBroken();
    }
  });
}
