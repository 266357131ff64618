import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../../server/api/client';
import { eventSchema } from '../../server/api/events';
import { type Bench, type BenchContext, BenchError, type BenchResult } from './support/bench';
import { createPayloadVm, startBenchConsole } from './support/bench-console';
import { firstByteAt } from './support/output';
import { percentile } from './support/percentile';
import { ensureQemu, MICROVM, spawnQemu } from './support/qemu';
import { overheadKiB } from './support/smaps';
import { median, round } from './support/stats';
import { cpuTimeNs } from './support/thread-time';

const COUNT = 200;
const MEMORY_MIB = 32;
/** Starts under way at a time: more than cores, so that cores are the limit. */
const IN_FLIGHT = 4;
const STREAMS = 50;
const REQUESTS = 2000;
/** One of these every so often, from each of two clients: a busy console, not a load test. */
const PACE_MS = 20;
const CLIENTS = 2;
const SETTLE_MS = 3000;
const START_MS = 60_000;
const AIM_P99_MS = 50;
const OURS = /^\/memfd:guest-ram\b/;
const QEMUS = /^\/memfd:memory-backend-memfd\b/;

async function run(context: BenchContext): Promise<BenchResult> {
  ensureQemu();
  const ours = await inVirtdeck(context);
  const qemu = await inQemu(context);
  const keys = {
    count: COUNT,
    startsPerS: round(ours.startsPerS),
    startCpuMs: round(ours.cpuMsPerStart.monitor),
    consoleStartCpuMs: round(ours.cpuMsPerStart.console),
    perVmKiB: round(ours.perVmKiB),
    apiP99Ms: round(ours.p99),
    apiP50Ms: round(ours.p50),
    idleCpuPercent: round(ours.idleCpuPercent),
    consoleMiB: round(ours.consoleMiB),
    qemuStartsPerS: round(qemu.startsPerS),
    qemuPerVmKiB: round(qemu.perVmKiB),
  };
  const verdict = keys.apiP99Ms <= AIM_P99_MS ? 'met' : 'missed';
  return {
    rows: [
      {
        what: `Starts, ${IN_FLIGHT} under way at a time`,
        value: `${keys.startsPerS.toFixed(1)}/s`,
      },
      {
        what: 'CPU time of a start, monitor and console',
        value: `${keys.startCpuMs.toFixed(0)} ms, ${keys.consoleStartCpuMs.toFixed(0)} ms`,
      },
      { what: 'QEMU microvm, the same', value: `${keys.qemuStartsPerS.toFixed(1)}/s` },
      { what: 'Private memory a machine beside its own', value: kib(keys.perVmKiB) },
      { what: 'QEMU microvm, the same', value: kib(keys.qemuPerVmKiB) },
      {
        what: `API with all running and ${STREAMS} event streams, p99`,
        value: `${keys.apiP99Ms.toFixed(1)} ms`,
        limit: `at most ${AIM_P99_MS} ms: ${verdict}`,
      },
      { what: 'The same, median', value: `${keys.apiP50Ms.toFixed(1)} ms` },
      { what: "Console's share of a core, nobody asking", value: `${keys.idleCpuPercent} %` },
      { what: "Console's resident memory", value: `${keys.consoleMiB.toFixed(0)} MiB` },
    ],
    keys,
    runs: 1,
    spread: { min: round(ours.p50), max: round(ours.max) },
  };
}

const kib = (value: number): string => `${Math.round(value).toLocaleString('en')} KiB`;

interface Ours {
  readonly startsPerS: number;
  /** What one start takes of the cores. */
  readonly cpuMsPerStart: { readonly console: number; readonly monitor: number };
  readonly perVmKiB: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly idleCpuPercent: number;
  readonly consoleMiB: number;
}

async function inVirtdeck({ cleanup, progress }: BenchContext): Promise<Ours> {
  const bench = await startBenchConsole(cleanup, ['halt']);
  const { console, api } = bench;
  const streams = new AbortController();
  try {
    const { settings } = await api.call('getSettings', {});
    const capacity = { ...settings.capacity, memoryOvercommit: 10, vcpuOvercommit: 256 };
    await api.call('replaceSettings', { body: { ...settings, capacity } });
    progress(`making ${COUNT} machines`);
    const ids: string[] = [];
    for (let i = 0; i < COUNT; i += 1) {
      ids.push(await createPayloadVm(bench, 'halt', `idle-${i}`, MEMORY_MIB));
    }
    const running = new Set<string>();
    let wake: () => void = () => {};
    for (let i = 0; i < STREAMS; i += 1) {
      // All are read, as browsers do; one of them tells when a machine runs.
      const hear = i > 0 ? undefined : noteRunning(running, () => wake());
      await follow(api, streams.signal, hear);
    }
    progress(`starting ${COUNT} machines`);
    const consoleBefore = cpuTimeNs(console.pid, () => true);
    const begun = performance.now();
    await inTurns(ids, IN_FLIGHT, async (id) => {
      await api.call('startVm', { id });
      while (!running.has(id)) {
        await new Promise<void>((resolve) => {
          const before = wake;
          wake = () => {
            before();
            resolve();
          };
        });
      }
    });
    const startsPerS = (COUNT * 1000) / (performance.now() - begun);
    const consoleMs = (cpuTimeNs(console.pid, () => true) - consoleBefore) / 1e6 / COUNT;
    await sleep(SETTLE_MS);
    const monitors = [...console.monitors().values()];
    if (monitors.length !== COUNT) throw new BenchError(`${monitors.length} monitors run`);
    const monitorMs = median(monitors.map((pid) => cpuTimeNs(pid, () => true) / 1e6));
    const perVmKiB = median(
      monitors.map((pid) => overheadKiB(pid, (name) => OURS.test(name)).overhead),
    );
    const before = cpuTimeNs(console.pid, () => true);
    const waited = performance.now();
    await sleep(10_000);
    const idleCpuPercent =
      (cpuTimeNs(console.pid, () => true) - before) / 1e4 / (performance.now() - waited);
    progress(`${REQUESTS} requests`);
    const times = await ask(api, ids);
    const consoleMiB = residentMiB(console.pid);
    return {
      cpuMsPerStart: { console: consoleMs, monitor: monitorMs },
      ...{ startsPerS, perVmKiB, idleCpuPercent, consoleMiB },
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
      max: Math.max(...times),
    };
  } finally {
    streams.abort();
    await console.remove();
  }
}

/** proc(5): VmRSS. */
function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** @returns takes text of an event stream, and notes the machines that run now */
function noteRunning(running: Set<string>, onNew: () => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data:')) continue;
      const event = eventSchema.parse(JSON.parse(line.slice('data:'.length)));
      if (event.type === 'vm.changed' && event.vm.state === 'running') running.add(event.vm.id);
    }
    onNew();
  };
}

async function follow(
  api: ApiClient,
  signal: AbortSignal,
  hear: (text: string) => void = () => {},
): Promise<void> {
  const { body } = await api.call('followEvents', {}, signal);
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  const drain = async (): Promise<void> => {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done) return;
      hear(value);
    }
  };
  drain().catch(() => {});
}

async function inTurns<T>(
  items: readonly T[],
  atATime: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}

/** What pages ask: lists, one machine, its figures, and now and then a change. */
async function ask(api: ApiClient, ids: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  const requests = [
    (id: string) => api.call('getVm', { id }),
    (id: string) => api.call('getVmMetrics', { id }),
    () => api.call('getHost', {}),
    (id: string) => api.call('changeVm', { id, body: { notes: `at ${Date.now()}` } }),
    () => api.call('listTasks', {}),
    (id: string) => api.call('listVmEvents', { id }),
    () => api.call('listImages', {}),
    () => api.call('listVms', {}),
  ];
  const client = async (): Promise<void> => {
    for (let i = 0; i < REQUESTS / CLIENTS; i += 1) {
      const next = sleep(PACE_MS);
      const from = performance.now();
      await requests[i % requests.length]?.(ids[i % ids.length] ?? '');
      times.push(performance.now() - from);
      await next;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return times;
}

async function inQemu({
  cleanup,
  progress,
}: BenchContext): Promise<{ readonly startsPerS: number; readonly perVmKiB: number }> {
  progress(`starting ${COUNT} machines in QEMU`);
  const children: ReturnType<typeof spawnQemu>[] = [];
  try {
    const begun = performance.now();
    await inTurns([...Array(COUNT).keys()], IN_FLIGHT, async () => {
      const options = { payload: 'halt', machine: MICROVM, memoryMiB: MEMORY_MIB, memfd: true };
      const child = spawnQemu(cleanup, options);
      children.push(child);
      await firstByteAt(child, 'QEMU', START_MS);
    });
    const startsPerS = (COUNT * 1000) / (performance.now() - begun);
    await sleep(SETTLE_MS);
    const pids = children.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
    const perVmKiB = median(
      pids.map((pid) => overheadKiB(pid, (name) => QEMUS.test(name)).overhead),
    );
    return { startsPerS, perVmKiB };
  } finally {
    for (const child of children) await cleanup.end(child);
  }
}

export const density: Bench = {
  title: `Density: ${COUNT} machines and the console above them`,
  method: [
    `The production console starts ${COUNT} machines of ${MEMORY_MIB} MiB by its API, ${IN_FLIGHT} starts under way at a time, while ${STREAMS} clients follow its events; a start counts when the API says that the machine runs. The payload is tests/guests/halt.S.`,
    'QEMU is spawned from the bench, as many at a time, until the payload has printed: nothing stands above it.',
    `Private dirty memory by /proc/PID/smaps without guest memory, ${SETTLE_MS} ms later, the median of all.`,
    `${REQUESTS} requests from ${CLIENTS} clients on the same machine, each at most every ${PACE_MS} ms: a machine, its figures, the host, a change of its notes, tasks, events, images, and the list of all machines, in turn. Spread: the median and the slowest.`,
  ],
  run,
};
