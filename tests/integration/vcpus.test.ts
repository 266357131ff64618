import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { MonitorClient } from '../../vmm-core/monitor/client';
import { RUN_FILES } from '../../vmm-core/monitor/protocol';
import { MonitorRefusal } from '../../vmm-core/monitor/transport';
import { parseCpuList } from '../../vmm-core/sys/host-cpus';
import { guest } from '../guests/assemble';
import { describeWithKvm } from '../support/kvm';
import { MONITOR_BUNDLE, runPayload, startPayload, type TestMonitor } from '../support/machine';

const LETTERS = ['A', 'B', 'C', 'D'];
/** Two ticks come within 35 ms; a guest that lost one never ticks again. */
const LOST_MS = 3000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** Up to two periods of the slowest tick, so that every phase of it is met. */
const aWhile = (): Promise<void> => sleep(Math.random() * 35);

async function outputBytes(monitor: TestMonitor): Promise<number> {
  return (await monitor.client.metrics()).console.outputBytes;
}

/** Pauses at a random moment for a random time, in which nothing must happen, and goes on. */
async function pauseAndResume(monitor: TestMonitor): Promise<void> {
  await aWhile();
  expect((await monitor.client.act('pause')).state).toBe('paused');
  const before = await outputBytes(monitor);
  await aWhile();
  expect(await outputBytes(monitor)).toBe(before);
  expect((await monitor.client.act('resume')).state).toBe('running');
}

describeWithKvm('a guest that is paused and goes on again and again', () => {
  it.each(['lapic-ticks', 'pit-ticks'])('loses no interrupt of its timer: %s', async (payload) => {
    const monitor = await startPayload(payload);
    await monitor.untilPrinted('..');
    for (let round = 0; round < 100; round++) {
      await pauseAndResume(monitor);
      const before = await outputBytes(monitor);
      await expect
        .poll(() => outputBytes(monitor), { timeout: LOST_MS, interval: 5 })
        .toBeGreaterThan(before + 1);
    }
  });

  it('reads from each device what is in it', async () => {
    const monitor = await startPayload('reads');
    await monitor.untilPrinted('.');
    for (let round = 0; round < 50; round++) await pauseAndResume(monitor);
    // As fast as one can ask, so that a pause meets the end of the one before.
    for (let round = 0; round < 300; round++) {
      await sleep(Math.random() * 5);
      await monitor.client.act('pause');
      await monitor.client.act('resume');
    }
    const before = await outputBytes(monitor);
    await expect
      .poll(() => outputBytes(monitor), { timeout: LOST_MS, interval: 5 })
      .toBeGreaterThan(before);
    await monitor.client.sendInput('q');
    expect((await monitor.untilState('stopped')).ended).toEqual({ kind: 'debug-exit', code: 0 });
  });
});

describeWithKvm('several vCPUs', () => {
  it.each([1, 2, 4, 8])('are started by the first one: %i', async (vcpus) => {
    const { code, monitor } = await runPayload('smp', { vcpus });
    expect(code).toBe(vcpus);
    expect((await monitor.client.consoleLog()).toString()).toBe('+'.repeat(vcpus));
  });

  it('all go on after each of fifty pauses', async () => {
    const monitor = await startPayload('smp-ticks', { vcpus: LETTERS.length });
    const silent = async (from: number): Promise<string[]> => {
      const since = (await monitor.client.consoleLog()).toString().slice(from);
      return LETTERS.filter((letter) => !since.includes(letter));
    };
    await expect.poll(() => silent(0), { timeout: LOST_MS, interval: 5 }).toEqual([]);
    for (let round = 0; round < 50; round++) {
      await pauseAndResume(monitor);
      const from = (await monitor.client.consoleLog()).length;
      await expect.poll(() => silent(from), { timeout: LOST_MS, interval: 5 }).toEqual([]);
    }
    await monitor.client.sendInput('q');
    expect((await monitor.untilState('stopped')).ended?.code).toBe(LETTERS.length);
  });

  it('run as a baseline processor too', async () => {
    const { code } = await runPayload('smp', { vcpus: 4, cpu: { template: 'baseline' } });
    expect(code).toBe(4);
  });
});

describeWithKvm('the figures of a vCPU', () => {
  it("are KVM's own, by its names", async () => {
    const monitor = await startPayload('lapic-ticks', { vcpus: 2 });
    await monitor.untilPrinted('..');
    const { vcpus, stats } = await monitor.client.metrics();
    expect(vcpus).toHaveLength(2);
    for (const vcpu of vcpus) {
      for (const name of ['pf_taken', 'tlb_flush', 'exits', 'halt_wait_ns']) {
        expect(vcpu.stats?.[name]).toEqual(expect.any(Number));
      }
      const histogram = vcpu.stats?.['halt_wait_hist'];
      expect(histogram).toBeInstanceOf(Array);
      expect((histogram as number[]).every(Number.isSafeInteger)).toBe(true);
    }
    for (const name of ['pages_4k', 'pages_2m', 'pages_1g', 'remote_tlb_flush']) {
      expect(stats?.[name]).toEqual(expect.any(Number));
    }
  });

  it('count what it does: halts, interrupts, exits', async () => {
    const monitor = await startPayload('lapic-ticks');
    await monitor.untilPrinted('..');
    const before = (await monitor.client.metrics()).vcpus[0];
    const began = performance.now();
    await sleep(300);
    const after = (await monitor.client.metrics()).vcpus[0];
    const wall = performance.now() - began;
    const grown = (name: string): number =>
      Number(after?.stats?.[name]) - Number(before?.stats?.[name]);
    const ticks = (after?.exits['io'] ?? 0) - (before?.exits['io'] ?? 0);
    expect(ticks).toBeGreaterThan(2);
    expect(grown('exits')).toBeGreaterThanOrEqual(ticks);
    expect(grown('halt_exits')).toBeGreaterThan(2);
    // It halts most of the time, and cannot have been halted for longer than there was.
    const haltedMs = ((after?.haltNs ?? 0) - (before?.haltNs ?? 0)) / 1e6;
    expect(haltedMs).toBeGreaterThan(wall * 0.2);
    expect(haltedMs).toBeLessThan(wall * 1.2);
  });

  it('begin anew with each boot and end with the machine', async () => {
    const monitor = await startPayload('lapic-ticks');
    await monitor.untilPrinted('.'.repeat(20));
    const exits = async (): Promise<number> =>
      Number((await monitor.client.metrics()).vcpus[0]?.stats?.['exits']);
    const before = await exits();
    await monitor.client.act('reset');
    expect(await exits()).toBeLessThan(before);
    await monitor.client.act('stop');
    const { vcpus, stats } = await monitor.client.metrics();
    expect([stats, vcpus[0]?.stats, vcpus[0]?.haltNs]).toEqual([undefined, undefined, undefined]);
  });
});

interface Thread {
  readonly name: string;
  readonly nice: number;
  readonly cpus: readonly number[];
}

/** Nice value and affinity of each thread of a process, less those that are the kernel's. */
function threadsOf(pid: number): readonly Thread[] {
  const threads = fs.readdirSync(`/proc/${pid}/task`).map((tid) => {
    const read = (file: string): string =>
      fs.readFileSync(`/proc/${pid}/task/${tid}/${file}`, 'utf8');
    const stat = read('stat');
    // Field 19 of proc(5); the second one, in parentheses, may hold blanks.
    const nice = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19 - 3]);
    return { name: read('comm').trim(), nice, cpus: allowedCpus(read('status')) };
  });
  // KVM starts one beside the first vCPU, which takes after it.
  return threads.filter(({ name }) => !name.startsWith('kvm-'));
}

function allowedCpus(status: string): readonly number[] {
  return parseCpuList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '');
}

/** A monitor without the right to be served before others, even where the tests have it. */
async function launchWithoutPrivilege(): Promise<MonitorClient> {
  const runDir = fs.mkdtempSync(path.join(os.tmpdir(), 'vd-'));
  const privileged = process.getuid?.() === 0;
  const [program = '', ...args] = [
    ...(privileged ? ['setpriv', '--bounding-set=-sys_nice', '--inh-caps=-sys_nice'] : []),
    process.execPath,
    MONITOR_BUNDLE,
    '--run-dir',
    runDir,
  ];
  const monitor = spawn(program, args, { stdio: 'ignore' });
  onTestFinished(() => {
    monitor.kill('SIGKILL');
    fs.rmSync(runDir, { recursive: true, force: true });
  });
  const socket = path.join(runDir, RUN_FILES.socket);
  await expect.poll(() => fs.existsSync(socket), { timeout: 5000 }).toBe(true);
  return new MonitorClient(socket);
}

describeWithKvm('the threads of vCPUs', () => {
  it('run where and how the configuration says, after a reset too', async () => {
    const allowed = allowedCpus(fs.readFileSync('/proc/self/status', 'utf8'));
    const [first = 0, last = 0] = [allowed[0], allowed.at(-1)];
    const scheduling = { nice: 7, affinity: [[last], [first, last]] };
    const monitor = await startPayload('smp-ticks', { vcpus: 2, scheduling });
    const expected = [[last], [...new Set([first, last])]];
    const affinities = (): readonly (readonly number[])[] =>
      threadsOf(monitor.pid)
        .filter(({ nice }) => nice === 7)
        .map(({ cpus }) => cpus);
    expect(affinities()).toEqual(expected);
    await monitor.client.act('reset');
    expect(affinities()).toEqual(expected);
    // The monitor's own threads stay as they were.
    expect(threadsOf(monitor.pid).some((t) => t.nice === 0)).toBe(true);
  });

  it('are not served before others where the user may not have that, and the start says so', async () => {
    const client = await launchWithoutPrivilege();
    await client.configure({
      id: 'test',
      vcpus: 2,
      memoryBytes: 16 * 2 ** 20,
      debugExit: true,
      boot: { kernel: guest('halt'), cmdline: '' },
      scheduling: { nice: -5 },
    });
    const refusal = await client.act('start').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(MonitorRefusal);
    const { code, status, detail, hint } = (refusal as MonitorRefusal).problem;
    expect({ code, status }).toEqual({ code: 'cannot-schedule', status: 422 });
    expect(detail).toBe('scheduling.nice: the host does not let vCPU 0 run at -5 (EACCES)');
    expect(hint).toContain('CAP_SYS_NICE');
    expect((await client.status()).state).toBe('stopped');
  });

  it('are refused processors this host does not have', async () => {
    const refused = startPayload('halt', { scheduling: { affinity: [[100_000]] } });
    await expect(refused).rejects.toMatchObject({
      problem: { code: 'bad-config', field: 'scheduling.affinity[0]' },
    });
  });
});
