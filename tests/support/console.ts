import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { WebSocket } from 'ws';
import {
  CONSOLE_SUBPROTOCOL,
  consoleServerMessageSchema,
  TICKET_PREFIX,
} from '../../server/api/console';
import type { VmMetrics } from '../../server/api/metrics';
import { type CreateVm, type Vm, vmSchema } from '../../server/api/vms';
import { RUN_FILES, type RunRecord } from '../../vmm-core/monitor/protocol';
import { checkAnswer } from './check-answer';

const ROOT = path.resolve(import.meta.dirname, '../..');
const ADDRESS = /virtdeck is at (\S+)/;
const ONE_TIME_LINK = /\S+\/first-run#(\S+)/;
const START_MS = 30_000;
/** Of everybody whom tests let sign in. */
export const PASSWORD = 'correct horse battery';
const ADMIN = { name: 'admin', password: PASSWORD };

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** The production console, as a process of its own with directories of its own. */
export class TestConsole {
  private child: ChildProcess | undefined;
  private output = '';
  private cookie = '';
  address = '';

  private constructor(
    readonly directory: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** A console as a person finds it who starts it for the first time. */
  static async fresh(environment: Readonly<Record<string, string>> = {}): Promise<TestConsole> {
    const console = new TestConsole(fs.mkdtempSync(path.join(os.tmpdir(), 'vd-')), environment);
    try {
      await console.launch();
      return console;
    } catch (error) {
      await console.remove();
      throw error;
    }
  }

  /** A console with its first admin signed in. */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<TestConsole> {
    const console = await TestConsole.fresh(environment);
    try {
      await console.setUp();
      return console;
    } catch (error) {
      await console.remove();
      throw error;
    }
  }

  /** Makes the first admin, and is that from now on. */
  async setUp(): Promise<void> {
    const token = ONE_TIME_LINK.exec(this.output)?.[1];
    const { status } = await this.request('POST', '/first-run', { token, ...ADMIN });
    if (status >= 400) throw new Error(`first run: ${status}`);
  }

  /** Where the first admin is made. */
  get oneTimeLink(): string {
    return ONE_TIME_LINK.exec(this.output)?.[0] ?? '';
  }

  /** Of the process that runs now. */
  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** The header by which it knows the administrator. */
  get sessionCookie(): string {
    return this.cookie;
  }

  /** What the process said, for the report of a test that failed. */
  get log(): string {
    return this.output;
  }

  /**
   * Starts the process, or starts it again on the same directories.
   * @param port where those who were connected look for it; else any that is free
   */
  async launch(port = 0): Promise<void> {
    const child = this.begin(port);
    const deadline = Date.now() + START_MS;
    // The link, if there is one, is printed after the address: both in one go.
    while (!ADDRESS.test(this.output)) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the console did not start: ${this.output}`);
      }
      await sleep(20);
    }
    await sleep(100);
    this.address = ADDRESS.exec(this.output)?.[1] ?? '';
  }

  /** Starts the process, and does not wait until it can be asked anything. */
  begin(port = 0): ChildProcess {
    // Without it the console would build one, which takes longer than any test may.
    if (process.env['VIRTDECK_IMAGES'] === undefined) {
      throw new Error('No default image in VIRTDECK_IMAGES: `npm test` builds one and sets it.');
    }
    this.output = '';
    const child = spawn(process.execPath, ['dist/server.mjs', '--port', String(port)], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_ENV: 'production',
        VIRTDECK_DATA: path.join(this.directory, 'data'),
        VIRTDECK_RUN: path.join(this.directory, 'run'),
        ...this.environment,
      },
    });
    this.child = child;
    const hear = (chunk: Buffer): void => {
      this.output += chunk.toString('utf8');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    return child;
  }

  /** SIGKILL: no word to anybody. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** @returns the exit code after an orderly stop */
  stop(): Promise<number | null> {
    return this.end('SIGINT');
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return null;
    const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return gone;
  }

  /**
   * Asks as the administrator, or as whoever a `cookie` or `authorization` among `headers` names.
   * @param body bytes as they are, anything else as JSON
   * @throws Error when the answer is none that the API describes
   */
  async request(
    method: string,
    route: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const isBytes = body instanceof Uint8Array;
    const response = await fetch(`${this.address}/api/v1${route}`, {
      method,
      headers: {
        origin: this.address,
        cookie: this.cookie,
        ...(body === undefined
          ? {}
          : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isBytes ? Buffer.from(body) : JSON.stringify(body) }),
    });
    const [set] = response.headers.getSetCookie();
    if (set !== undefined && headers['cookie'] === undefined) this.cookie = set.split(';')[0] ?? '';
    const { status } = response;
    const text = await response.text();
    const contentType = response.headers.get('content-type') ?? '';
    const isJson = /^application\/(problem\+)?json\b/.test(contentType) && text !== '';
    const answered: unknown = isJson ? JSON.parse(text) : text;
    checkAnswer(method, route, { status, contentType, body: answered });
    return { status, body: answered, headers: response.headers };
  }

  async createVm(vm: CreateVm): Promise<Vm> {
    const { status, body } = await this.request('POST', '/vms', vm);
    if (status !== 201) throw new Error(`create: ${status} ${JSON.stringify(body)}`);
    return vmSchema.parse(body);
  }

  async vm(id: string): Promise<Vm> {
    return vmSchema.parse((await this.request('GET', `/vms/${id}`)).body);
  }

  /** Resolves with the machine once it is in `state`, and with how long that took. */
  async untilState(id: string, state: Vm['state'], timeoutMs = 30_000): Promise<Vm> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const vm = await this.vm(id);
      if (vm.state === state) return vm;
      if (Date.now() > deadline) {
        throw new Error(`${vm.name} is ${vm.state}, not ${state}: ${JSON.stringify(vm)}`);
      }
      await sleep(20);
    }
  }

  async metrics(id: string): Promise<VmMetrics> {
    return (await this.request('GET', `/vms/${id}/metrics`)).body as VmMetrics;
  }

  async printed(id: string): Promise<string> {
    return String((await this.request('GET', `/vms/${id}/console/log`)).body);
  }

  /** Pids of the monitors that run for a machine, by machine id. */
  monitors(): ReadonlyMap<string, number> {
    const run = path.join(this.directory, 'run');
    const records = fs
      .readdirSync(run)
      .map((name) => path.join(run, name, RUN_FILES.record))
      .filter((file) => fs.existsSync(file))
      .map((file) => JSON.parse(fs.readFileSync(file, 'utf8')) as RunRecord);
    return new Map(records.flatMap(({ machineId, pid }) => (machineId ? [[machineId, pid]] : [])));
  }

  /** A viewer of a machine's console, from `offset` on. */
  async openConsole(id: string, offset = 0): Promise<ConsoleViewer> {
    return ConsoleViewer.of(await this.openSocket(id, offset));
  }

  /** The WebSocket of a console, which opens next. */
  async openSocket(id: string, offset = 0): Promise<WebSocket> {
    const { body } = await this.request('POST', `/vms/${id}/console-tickets`);
    const { ticket } = body as { ticket: string };
    const url = `${this.address.replace('http', 'ws')}/api/v1/vms/${id}/console?offset=${offset}`;
    return new WebSocket(url, [CONSOLE_SUBPROTOCOL, TICKET_PREFIX + ticket], {
      headers: { origin: this.address, cookie: this.cookie },
    });
  }

  /** Ends the console and every monitor, and takes away all they made. */
  async remove(): Promise<void> {
    await this.kill();
    if (fs.existsSync(path.join(this.directory, 'run'))) {
      for (const pid of this.monitors().values()) process.kill(pid, 'SIGKILL');
    }
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

/** What a browser's terminal does, without the browser. */
export class ConsoleViewer {
  text = '';
  private bytes = Buffer.alloc(0);
  private offset = 0;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) {
        this.bytes = Buffer.concat([this.bytes, data]);
        this.text = stripVTControlCharacters(this.bytes.toString('utf8'));
        this.offset += data.length;
        socket.send(JSON.stringify({ type: 'ack', offset: this.offset }));
        return;
      }
      const message = consoleServerMessageSchema.parse(JSON.parse(data.toString('utf8')));
      if (message.type === 'offset' || message.type === 'skipped') this.offset = message.offset;
    });
  }

  static of(socket: WebSocket): Promise<ConsoleViewer> {
    const viewer = new ConsoleViewer(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(viewer));
      socket.once('error', reject);
    });
  }

  type(text: string): void {
    this.socket.send(Buffer.from(text));
  }

  async untilShown(wanted: RegExp, timeoutMs = 60_000): Promise<string> {
    const deadline = Date.now() + timeoutMs;
    while (!wanted.test(this.text)) {
      if (Date.now() > deadline) {
        throw new Error(`${wanted} was not shown; the console ends: ${this.text.slice(-1000)}`);
      }
      await sleep(20);
    }
    return this.text;
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
