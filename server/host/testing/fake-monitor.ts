import { openSync, writeFileSync, writeSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createConsoleRing } from '../../../vmm-core/machine/console-file';
import {
  encodeFrame,
  encodeNotice,
  FRAME_BYTES,
  FrameDecoder,
} from '../../../vmm-core/monitor/console-frames';
import {
  LIFELINE_FD,
  type MachineState,
  PROTOCOL_VERSION,
  READY,
  RUN_FILES,
} from '../../../vmm-core/monitor/protocol';
import { identifyProcess } from '../../process/identity';

/**
 * A process that speaks a monitor's protocol and has no machine. Its console answers what is typed;
 * words in the kernel command line make it misbehave: `fake.crash`, `fake.hang`, `fake.refuse`.
 */
const runDir = process.argv[process.argv.indexOf('--run-dir') + 1] ?? '';
const began = process.hrtime.bigint();

/** Where console-ring.ts keeps its count, beginning and tail. */
const WRITTEN_AT = 8;
const HEAD_AT = 4096;
const TAIL_AT = HEAD_AT + 64 * 1024;

interface Config {
  readonly id: string;
  readonly vcpus: number;
  readonly memoryBytes: number;
  readonly boot: { readonly cmdline: string };
}

let state: MachineState = 'stopped';
let since = new Date().toISOString();
let boots = 0;
let config: Config | undefined;
let crash: Record<string, unknown> | undefined;
let printed = Buffer.alloc(0);
const followers = new Set<ServerResponse>();
const viewers = new Set<Duplex>();

const ringPath = join(runDir, RUN_FILES.console);
createConsoleRing(ringPath);
const ring = openSync(ringPath, 'r+');

function print(bytes: Buffer): void {
  const at = printed.length;
  printed = Buffer.concat([printed, bytes]);
  if (at < 64 * 1024) writeSync(ring, bytes, 0, bytes.length, HEAD_AT + at);
  writeSync(ring, bytes, 0, bytes.length, TAIL_AT + at);
  const written = Buffer.alloc(8);
  written.writeDoubleLE(printed.length);
  writeSync(ring, written, 0, 8, WRITTEN_AT);
  for (const viewer of viewers) viewer.write(encodeFrame(FRAME_BYTES, bytes));
}

function status() {
  return {
    protocol: PROTOCOL_VERSION,
    pid: process.pid,
    state,
    since,
    boots,
    ...(config === undefined ? {} : { config }),
    ...(crash === undefined ? {} : { crash }),
    quirks: ['fake'],
  };
}

function enter(next: MachineState): void {
  state = next;
  since = new Date().toISOString();
  for (const follower of followers) follower.write(`${JSON.stringify(status())}\n`);
}

function record(): void {
  writeFileSync(
    join(runDir, RUN_FILES.record),
    JSON.stringify({
      protocol: PROTOCOL_VERSION,
      ...identifyProcess(process.pid),
      ...(config === undefined ? {} : { machineId: config.id }),
    }),
  );
}

function boot(): void {
  boots += 1;
  enter('running');
  print(Buffer.from(`booting ${config?.id}\r\nhello from the guest ✓\r\n/ # `));
  if (config?.boot.cmdline.includes('fake.crash')) {
    crash = {
      reason: 'triple-fault',
      message: 'The guest gave up.',
      hint: 'Look at the last lines.',
      at: new Date().toISOString(),
      vcpu: 0,
      registers: { rip: '0xdead' },
      instructionBytes: '0f0b',
      lastLines: ['/ #'],
    };
    setTimeout(() => enter('crashed'), 30);
  }
}

function metrics() {
  const ns = Number(process.hrtime.bigint() - began);
  const exits = {
    pio: Math.floor(ns / 1e6),
    mmio: Math.floor(ns / 5e6),
    halt: Math.floor(ns / 1e8),
  };
  return {
    at: new Date().toISOString(),
    monotonicNs: ns,
    boots,
    vcpus: Array.from({ length: config?.vcpus ?? 0 }, (_, index) => ({
      index,
      runNs: ns * (0.4 + 0.3 * Math.sin(ns / 2e10)),
      waitNs: ns * 0.02,
      exits,
    })),
    memory: { sizeBytes: config?.memoryBytes ?? 0, residentBytes: 41_943_040 },
    monitor: { cpuNs: process.cpuUsage().user * 1000, residentBytes: process.memoryUsage.rss() },
    console: { outputBytes: printed.length, inputBytes: 0 },
    devices: [],
    quirks: {},
  };
}

function refuse(response: ServerResponse, code: string, detail: string): void {
  response.writeHead(409, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ title: 'Refused', status: 409, code, detail, hint: 'Do not.' }));
}

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const answer = (value: unknown) => response.end(JSON.stringify(value));
    switch (`${request.method} ${request.url}`) {
      case 'GET /v1/machine':
        return answer(status());
      case 'PUT /v1/machine/config':
        config = JSON.parse(body) as Config;
        record();
        response.writeHead(204);
        return response.end();
      case 'POST /v1/machine/start':
        if (config?.boot.cmdline.includes('fake.hang')) return;
        if (config?.boot.cmdline.includes('fake.refuse')) {
          return refuse(response, 'cannot-boot', 'The kernel is no ELF file.');
        }
        boot();
        return answer(status());
      case 'POST /v1/machine/pause':
        if (state !== 'running') return refuse(response, 'wrong-state', 'It does not run.');
        enter('paused');
        return answer(status());
      case 'POST /v1/machine/resume':
        enter('running');
        return answer(status());
      case 'POST /v1/machine/reset':
        boot();
        return answer(status());
      case 'POST /v1/machine/shutdown': {
        const { timeoutMs } = JSON.parse(body) as { timeoutMs?: unknown };
        if (typeof timeoutMs !== 'number') return refuse(response, 'wrong-body', 'No time given.');
        enter('stopping');
        setTimeout(() => enter('stopped'), 30);
        return answer(status());
      }
      case 'POST /v1/machine/stop':
        enter('stopped');
        return answer(status());
      case 'POST /v1/quit':
        response.writeHead(202);
        response.end();
        setTimeout(() => process.exit(0), 10);
        return;
      case 'GET /v1/metrics':
        return answer(metrics());
      case 'GET /v1/events':
        followers.add(response);
        response.write(`${JSON.stringify(status())}\n`);
        return;
      case 'GET /v1/console/log':
        return response.end(printed);
      default:
        response.writeHead(404);
        return response.end();
    }
  });
});

server.on('upgrade', (request, socket) => {
  const offset = Number(new URL(request.url ?? '', 'http://fake').searchParams.get('offset') ?? 0);
  const from = Math.min(offset, printed.length);
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: virtdeck-console\r\n\r\n',
  );
  socket.write(encodeNotice({ type: 'offset', offset: from }));
  if (printed.length > from) socket.write(encodeFrame(FRAME_BYTES, printed.subarray(from)));
  viewers.add(socket);
  const decoder = new FrameDecoder((_type, payload) => {
    const echo = payload.toString('latin1').replaceAll('\r', '\r\n/ # ');
    print(Buffer.from(echo, 'latin1'));
  });
  socket.on('data', (chunk: Buffer) => decoder.push(chunk));
  socket.on('error', () => {});
  socket.on('close', () => viewers.delete(socket));
});

record();
server.listen(join(runDir, RUN_FILES.socket), () => {
  const lifeline = new Socket({ fd: LIFELINE_FD, readable: true, writable: true });
  const orphaned = () => {
    if (config === undefined) process.exit(0);
  };
  lifeline.on('end', orphaned).on('error', orphaned).resume();
  lifeline.unref();
  lifeline.write(READY);
});
