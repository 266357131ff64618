import { Agent, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { MachineConfig } from '../../vmm-core/machine/config';
import type { MonitorMetrics, MonitorProblem } from '../../vmm-core/monitor/protocol';
import { type MonitorStatus, parseMetrics, parseProblem, parseStatus } from './monitor-messages';

/** Far more than an answer needs; a monitor that is slower is broken. */
const REQUEST_TIMEOUT_MS = 5000;
/** A start reads kernel and initrd, from a cold disk at worst. */
const START_TIMEOUT_MS = 60_000;
/** The console's log is the longest answer: 1.1 MB. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const MAX_EVENT_LINE_BYTES = 256 * 1024;

/** The monitor answered with an error. */
export class MonitorRefusal extends Error {
  constructor(readonly problem: MonitorProblem) {
    super(problem.detail);
    this.name = 'MonitorRefusal';
  }
}

interface RequestOptions {
  readonly body?: unknown;
  readonly timeoutMs?: number;
}

/** The control API of one monitor. Throws MonitorRefusal, or Error when it cannot be reached. */
export class MonitorClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 2 });

  constructor(private readonly socketPath: string) {}

  async status(): Promise<MonitorStatus> {
    return parseStatus(await this.json('GET', '/v1/machine'));
  }

  async configure(config: MachineConfig): Promise<void> {
    await this.call('PUT', '/v1/machine/config', { body: config });
  }

  async start(): Promise<MonitorStatus> {
    return parseStatus(
      await this.json('POST', '/v1/machine/start', { timeoutMs: START_TIMEOUT_MS }),
    );
  }

  async act(action: 'pause' | 'resume' | 'reset' | 'stop'): Promise<MonitorStatus> {
    return parseStatus(await this.json('POST', `/v1/machine/${action}`));
  }

  async quit(): Promise<void> {
    await this.call('POST', '/v1/quit');
  }

  async metrics(): Promise<MonitorMetrics> {
    return parseMetrics(await this.json('GET', '/v1/metrics'));
  }

  consoleLog(): Promise<Buffer> {
    return this.call('GET', '/v1/console/log');
  }

  /**
   * Follows the machine's status; the present one comes first.
   * @param onEnd called once, when the stream has ended for whatever reason
   * @returns ends it without calling `onEnd`
   */
  follow(onStatus: (status: MonitorStatus) => void, onEnd: () => void): () => void {
    const sent = request({ socketPath: this.socketPath, path: '/v1/events', agent: false });
    let over = false;
    const finish = () => {
      sent.destroy();
      if (over) return;
      over = true;
      onEnd();
    };
    sent.on('response', (response) => {
      if (response.statusCode !== 200) return finish();
      response.on('close', finish);
      readLines(response, (line) => onStatus(parseStatus(JSON.parse(line))), finish);
    });
    sent.on('error', finish);
    sent.end();
    return () => {
      over = true;
      sent.destroy();
    };
  }

  /** @returns the socket that carries frames of console-frames.ts, and the bytes already read */
  openConsole(offset: number): Promise<{ socket: Socket; head: Buffer }> {
    return new Promise((resolve, reject) => {
      const sent = request({
        socketPath: this.socketPath,
        path: `/v1/console?offset=${offset}`,
        headers: { connection: 'Upgrade', upgrade: 'virtdeck-console' },
        agent: false,
        timeout: REQUEST_TIMEOUT_MS,
      });
      sent.on('upgrade', (_response, socket, head) => {
        socket.setTimeout(0);
        resolve({ socket, head });
      });
      sent.on('response', (response) => {
        response.resume();
        reject(new Error(`the monitor answered a console with ${response.statusCode}`));
      });
      sent.on('timeout', () => sent.destroy(new Error('the monitor does not answer')));
      sent.on('error', reject);
      sent.end();
    });
  }

  close(): void {
    this.agent.destroy();
  }

  private async json(method: string, path: string, options?: RequestOptions): Promise<unknown> {
    return JSON.parse((await this.call(method, path, options)).toString('utf8'));
  }

  private call(method: string, path: string, options: RequestOptions = {}): Promise<Buffer> {
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    return new Promise((resolve, reject) => {
      const sent = request({
        socketPath: this.socketPath,
        agent: this.agent,
        method,
        path,
        headers: {
          'content-length': body === undefined ? 0 : Buffer.byteLength(body),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
      });
      const timeoutMs = options.timeoutMs ?? REQUEST_TIMEOUT_MS;
      const timer = setTimeout(
        () => sent.destroy(new Error(`the monitor did not answer ${path} within ${timeoutMs} ms`)),
        timeoutMs,
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
  const problem = parseProblem(body);
  return problem === undefined
    ? new Error(`the monitor answered ${path} with ${status}`)
    : new MonitorRefusal(problem);
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
