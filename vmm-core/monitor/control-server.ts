import http from 'node:http';
import type { Duplex } from 'node:stream';
import { ConfigError, integer, object, printable } from '../machine/config-checks';
import { ConsoleRing } from '../machine/console-ring';
import { type ConsoleHandle, watchConsole } from '../machine/console-writer';
import { peerUserId } from '../sys/peer';
import { exitNow } from '../sys/threads';
import type { ConsoleFrom } from './console-frames';
import { ConsoleServer } from './console-server';
import type { Lifecycle } from './lifecycle';
import { readMetrics } from './metrics';
import type { MachineStatus, MonitorProblem } from './protocol';
import { Refused } from './refused';

const MAX_BODY_BYTES = 64 * 1024;
/** Headers of an upgraded console; any other upgrade is refused. */
const CONSOLE_UPGRADE = 'virtdeck-console';

type Answer = { readonly status: number; readonly body?: unknown; readonly bytes?: Buffer };
type Route = (body: Buffer) => Answer | Promise<Answer>;

/** The control API of protocol.ts, on a Unix socket that only this user may open. */
export class ControlServer {
  private readonly server: http.Server;
  private readonly watchers = new Set<http.ServerResponse>();
  private readonly console: ConsoleServer;
  private readonly routes: Readonly<Record<string, Route>>;

  constructor(
    private readonly lifecycle: Lifecycle,
    consoleHandle: ConsoleHandle,
  ) {
    this.console = new ConsoleServer(
      new ConsoleRing(consoleHandle.address),
      () => lifecycle.machine?.serial,
    );
    void watchConsole(consoleHandle, () => this.console.pump());
    const action =
      (run: () => Promise<MachineStatus>): Route =>
      async () => ({ status: 200, body: await run() });
    this.routes = {
      'GET /v1/machine': () => ({ status: 200, body: lifecycle.status() }),
      'PUT /v1/machine/config': (body) => {
        lifecycle.configure(parseJson(body));
        return { status: 204 };
      },
      'POST /v1/machine/start': action(() => lifecycle.start()),
      'POST /v1/machine/pause': action(() => lifecycle.pause()),
      'POST /v1/machine/resume': action(() => lifecycle.resume()),
      'POST /v1/machine/reset': action(() => lifecycle.reset()),
      'POST /v1/machine/shutdown': async (body) => ({
        status: 200,
        body: await lifecycle.shutdown(shutdownTimeout(body)),
      }),
      'POST /v1/machine/stop': action(() => lifecycle.stop()),
      'POST /v1/machine/devices': (body) => {
        const { name, ...change } = object(parseJson(body), 'body');
        lifecycle.changeDevice(printable(name, 'name', 64), change);
        return { status: 204 };
      },
      'GET /v1/metrics': () => ({ status: 200, body: readMetrics(lifecycle, this.console) }),
      'GET /v1/console/log': () => ({ status: 200, bytes: this.console.log() }),
      'POST /v1/console/input': (body) => {
        this.console.input(body);
        return { status: 204 };
      },
      'POST /v1/quit': () => this.quit(),
    };
    this.server = http.createServer((request, response) => void this.serve(request, response));
    this.server.on('upgrade', (request, socket) => this.upgrade(request, socket));
    this.server.on('connection', refuseStrangers);
    // An idle console keeps its connection for metrics; a half-sent request does not stay.
    this.server.keepAliveTimeout = 60_000;
  }

  listen(socketPath: string, onListening: () => void): void {
    this.server.listen(socketPath, onListening);
  }

  /** Tells every watcher of /v1/events. */
  announce(status: MachineStatus): void {
    const line = `${JSON.stringify(status)}\n`;
    for (const watcher of this.watchers) watcher.write(line);
  }

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://monitor').pathname;
    const key = `${request.method} ${path}`;
    if (key === 'GET /v1/events') {
      this.watch(response);
      return;
    }
    try {
      const route = this.routes[key];
      if (route === undefined) {
        throw new Refused(
          'no-such-route',
          `there is no ${key}`,
          'See the control API in protocol.ts.',
          404,
        );
      }
      send(response, await route(await readBody(request)));
    } catch (error) {
      const problem = toProblem(error);
      if (problem.status >= 500) process.stderr.write(`${key}: ${describe(error)}\n`);
      send(response, { status: problem.status, body: problem });
    }
  }

  private watch(response: http.ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.write(`${JSON.stringify(this.lifecycle.status())}\n`);
    this.watchers.add(response);
    response.on('close', () => this.watchers.delete(response));
  }

  private upgrade(request: http.IncomingMessage, socket: Duplex): void {
    const url = new URL(request.url ?? '/', 'http://monitor');
    const from = consoleFrom(url.searchParams.get('offset') ?? '0');
    const wanted = request.headers.upgrade === CONSOLE_UPGRADE && url.pathname === '/v1/console';
    if (!wanted || from === undefined) {
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${CONSOLE_UPGRADE}\r\n\r\n`,
    );
    this.console.attach(socket, from);
  }

  private quit(): Answer {
    const { state } = this.lifecycle.status();
    if (state !== 'stopped' && state !== 'crashed') {
      throw new Refused('wrong-state', `the machine is ${state}`, 'Stop the machine first.');
    }
    // After the answer is out.
    setTimeout(() => exitNow(0), 10);
    return { status: 202 };
  }
}

/** The run directory keeps strangers out; should it be opened wide by mistake, this does. */
function refuseStrangers(socket: unknown): void {
  const { _handle: handle, destroy } = socket as { _handle?: { fd: number }; destroy(): void };
  const uid = handle === undefined ? -1 : peerUserId(handle.fd);
  if (uid === process.getuid?.() || uid === 0) return;
  process.stderr.write(`user ${uid} opened the control socket and was refused\n`);
  destroy.call(socket);
}

async function readBody(request: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) {
      throw new Refused(
        'too-large',
        `a body of more than ${MAX_BODY_BYTES} bytes`,
        'Send less at a time.',
        413,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new Refused(
      'bad-json',
      `the body is not JSON: ${cause}`,
      'Send the whole document.',
      400,
    );
  }
}

/** Long enough for a Linux with services; a person may wait or pull the plug. */
const SHUTDOWN_TIMEOUT_MS = 60_000;

function shutdownTimeout(body: Buffer): number {
  if (body.length === 0) return SHUTDOWN_TIMEOUT_MS;
  const wish = object(parseJson(body), 'body')['timeoutMs'];
  return wish === undefined ? SHUTDOWN_TIMEOUT_MS : integer(wish, 'timeoutMs', 0, 3_600_000);
}

function toProblem(error: unknown): MonitorProblem {
  if (error instanceof ConfigError) {
    return {
      title: 'The configuration is not valid',
      status: 422,
      code: 'bad-config',
      detail: error.message,
      hint: error.hint,
      field: error.field,
    };
  }
  if (error instanceof Refused) {
    const { status, code, message, hint } = error;
    return { title: http.STATUS_CODES[status] ?? 'Refused', status, code, detail: message, hint };
  }
  return {
    title: 'The monitor failed',
    status: 500,
    code: 'monitor-failure',
    detail: 'An error the monitor did not expect.',
    hint: "See the monitor's log.",
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function send(response: http.ServerResponse, answer: Answer): void {
  if (answer.bytes !== undefined) {
    response.writeHead(answer.status, { 'content-type': 'application/octet-stream' });
    response.end(answer.bytes);
  } else if (answer.body !== undefined) {
    const type = answer.status >= 400 ? 'application/problem+json' : 'application/json';
    response.writeHead(answer.status, { 'content-type': type });
    response.end(JSON.stringify(answer.body));
  } else {
    response.writeHead(answer.status);
    response.end();
  }
}

function consoleFrom(text: string): ConsoleFrom | undefined {
  if (text === 'end') return text;
  const offset = Number(text);
  return Number.isSafeInteger(offset) && offset >= 0 ? offset : undefined;
}
