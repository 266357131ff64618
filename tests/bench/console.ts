import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { consoleServerMessageSchema } from '../../server/api/console';
import type { TestConsole } from '../support/console';
import { type Bench, type BenchContext, BenchError, type BenchResult } from './support/bench';
import { createPayloadVm, startBenchConsole } from './support/bench-console';
import { payloadConfig, startMonitor } from './support/monitor';
import { percentile } from './support/percentile';
import { median, round, spread } from './support/stats';
import { within } from './support/wait';

const MEMORY_MIB = 32;
const ROUNDS = 5;
const FLOOD_MS = 3000;
const VIEWERS = 20;
const ACK_BYTES = 64 * 1024;
const KEYS = 500;
/** Between two keys: a fast typist's pace, and no queue. */
const KEY_PACE_MS = 10;
const KEY_MS = 10_000;
const AIM_P99_MS = 50;

async function run(context: BenchContext): Promise<BenchResult> {
  const bench = await startBenchConsole(context.cleanup, ['flood', 'echo']);
  const { console } = bench;
  try {
    const flooding = await createPayloadVm(bench, 'flood', 'flood', MEMORY_MIB);
    const echoing = await createPayloadVm(bench, 'echo', 'echo', MEMORY_MIB);
    await bench.api.call('startVm', { id: echoing });
    await console.untilState(echoing, 'running');
    context.progress('keys');
    const quiet = await echoes(console, echoing);
    const direct = await directEchoes(context);
    const printed = await directFlood(context);
    await bench.api.call('startVm', { id: flooding });
    await console.untilState(flooding, 'running');
    const one: number[] = [];
    const twenty: number[] = [];
    for (let i = 1; i <= ROUNDS; i += 1) {
      context.progress(`round ${i} of ${ROUNDS}`);
      one.push(await flood(console, flooding, 1));
      twenty.push(await flood(console, flooding, VIEWERS));
    }
    context.progress('keys beside the flood');
    const busy = await echoes(console, echoing);
    const keys = {
      MiBs1: round(median(one)),
      MiBs20: round(median(twenty)),
      echoP50Ms: round(percentile(quiet, 0.5)),
      echoP99Ms: round(percentile(quiet, 0.99)),
      echoBusyP99Ms: round(percentile(busy, 0.99)),
      guestMiBs: round(printed),
      guestEchoP50Ms: round(percentile(direct, 0.5)),
      guestEchoP99Ms: round(percentile(direct, 0.99)),
    };
    const added = keys.echoP99Ms - keys.guestEchoP99Ms;
    const ms = (value: number): string => `${value.toFixed(2)} ms`;
    return {
      rows: [
        { what: 'A guest that floods, to one viewer', value: `${keys.MiBs1.toFixed(2)} MiB/s` },
        {
          what: `The same, to each of ${VIEWERS - 1} viewers beside one that never reads`,
          value: `${keys.MiBs20.toFixed(2)} MiB/s`,
        },
        {
          what: 'What the guest prints, at its monitor',
          value: `${keys.guestMiBs.toFixed(2)} MiB/s`,
        },
        { what: 'Key to echo, median', value: ms(keys.echoP50Ms) },
        {
          what: 'Key to echo, p99',
          value: ms(keys.echoP99Ms),
          limit: `at most ${AIM_P99_MS} ms over the monitor's own: ${added <= AIM_P99_MS ? 'met' : 'missed'}`,
        },
        {
          what: 'The same at the monitor, without the console, p99',
          value: ms(keys.guestEchoP99Ms),
        },
        { what: 'Key to echo while another machine floods, p99', value: ms(keys.echoBusyP99Ms) },
      ],
      keys,
      runs: ROUNDS,
      spread: spread(one),
    };
  } finally {
    await console.remove();
  }
}

/** Time from a key to its echo, over the console's WebSocket. */
async function echoes(console: TestConsole, id: string): Promise<number[]> {
  const socket = await console.openSocket(id);
  await once(socket, 'open');
  try {
    return await typeKeys(
      (listener) => socket.on('message', (_data, isBinary) => isBinary && listener()),
      () => socket.send(Buffer.from('k')),
    );
  } finally {
    socket.close();
  }
}

/** The same at a monitor's own socket: what the guest and its UART take. */
async function directEchoes({ cleanup }: BenchContext): Promise<number[]> {
  const monitor = await startMonitor(cleanup);
  try {
    await monitor.client.configure(payloadConfig('echo', MEMORY_MIB));
    await monitor.client.act('start');
    let heard: () => void = () => {};
    const type = await monitor.client.attach(0, () => heard());
    return await typeKeys(
      (listener) => {
        heard = listener;
      },
      () => type(Buffer.from('k')),
    );
  } finally {
    await monitor.end();
  }
}

/** @returns MiB/s that a flooding guest prints: each byte is an exit, which is the limit */
async function directFlood({ cleanup }: BenchContext): Promise<number> {
  const monitor = await startMonitor(cleanup);
  try {
    await monitor.client.configure(payloadConfig('flood', MEMORY_MIB));
    await monitor.client.act('start');
    let bytes = 0;
    await monitor.client.attach(0, (chunk) => {
      bytes += chunk.length;
    });
    await sleep(500);
    const before = bytes;
    const begun = performance.now();
    await sleep(FLOOD_MS);
    return (bytes - before) / ((performance.now() - begun) / 1000) / 1024 / 1024;
  } finally {
    await monitor.end();
  }
}

async function typeKeys(listen: (echoed: () => void) => void, type: () => void): Promise<number[]> {
  let echoed: () => void = () => {};
  listen(() => echoed());
  // What was printed before is not the echo of a key.
  await sleep(200);
  const times: number[] = [];
  for (let i = 0; i < KEYS; i += 1) {
    const back = new Promise<void>((resolve) => {
      echoed = resolve;
    });
    const from = performance.now();
    type();
    await within(KEY_MS, 'an echo', back);
    times.push(performance.now() - from);
    await sleep(KEY_PACE_MS);
  }
  return times;
}

/** @returns MiB/s that the slowest of the viewers that read got; beside one of 20, one never reads */
async function flood(console: TestConsole, id: string, count: number): Promise<number> {
  const sockets: WebSocket[] = [];
  try {
    const received: (() => number)[] = [];
    for (let i = 0; i < count; i += 1) {
      const socket = await console.openSocket(id);
      sockets.push(socket);
      const reads = i === 0 || i < count - 1;
      if (reads) received.push(countBytes(socket));
      await once(socket, 'open');
      if (!reads) socket.pause();
    }
    // The beginning that is kept is sent at once and is no measure of the stream.
    await sleep(1000);
    const before = received.map((bytes) => bytes());
    const begun = performance.now();
    await sleep(FLOOD_MS);
    const seconds = (performance.now() - begun) / 1000;
    const rates = received.map((bytes, i) => (bytes() - (before[i] ?? 0)) / seconds / 1024 / 1024);
    const slowest = Math.min(...rates);
    if (slowest <= 0) throw new BenchError('a viewer that reads got nothing');
    return slowest;
  } finally {
    for (const socket of sockets) socket.terminate();
  }
}

/** Acknowledges as a terminal does. @returns how many bytes there were until now */
function countBytes(socket: WebSocket): () => number {
  let bytes = 0;
  let offset = 0;
  let acknowledged = 0;
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      bytes += data.length;
      offset += data.length;
    } else {
      const message = consoleServerMessageSchema.parse(JSON.parse(data.toString('utf8')));
      if (message.type === 'offset' || message.type === 'skipped') offset = message.offset;
    }
    if (offset - acknowledged < ACK_BYTES) return;
    acknowledged = offset;
    socket.send(JSON.stringify({ type: 'ack', offset }));
  });
  return () => bytes;
}

export const console: Bench = {
  title: 'Console: a guest that floods, and a key that comes back',
  method: [
    `The production console, machines with tests/guests/flood.S and echo.S; viewers over WebSockets from one process on the same machine, which acknowledge what they get. ${FLOOD_MS} ms each, ${ROUNDS} rounds, one viewer and ${VIEWERS} in turn; of ${VIEWERS}, one never reads, and the slowest of the others counts. What a viewer cannot take is dropped for it by the monitor.`,
    `${KEYS} keys, ${KEY_PACE_MS} ms after the echo of the one before: over the console, then straight at the socket of a monitor, which is what the guest and its UART take. What the guest prints is measured there, too.`,
    'Spread: MiB/s to one viewer.',
  ],
  run,
};
