import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { VmSample } from '../api/metrics';
import { silentLog } from '../log/log';
import { eventually } from '../testing/eventually';
import { problemOf } from '../testing/problems';
import type { ConsoleConnection, MachineReport } from './agent';
import { LocalAgent } from './local-agent';
import { RunDirectory } from './run-directory';
import { buildFakeMonitor } from './testing/build-fake-monitor';
import { someSpec } from './testing/some-spec';

const never = new AbortController().signal;
/** Of an agent that shall not wait long for a monitor that answers nothing. */
const IMPATIENT_MS = 500;

let scratch: string;
let monitorPath: string;
let directory: string;
let agents: { agent: LocalAgent; reports: MachineReport[] }[];

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'vd-agent-'));
  monitorPath = await buildFakeMonitor(scratch);
});

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

beforeEach(async () => {
  directory = await mkdtemp(join(scratch, 'host-'));
  await mkdir(join(directory, 'run'));
  agents = [];
});

afterEach(async () => {
  for (const { agent } of agents) await agent.close();
  for (const run of await RunDirectory.list(join(directory, 'run'))) {
    const record = await run.record();
    if (record !== undefined && isRunning(record.pid)) process.kill(record.pid, 'SIGKILL');
  }
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function newAgent(warmMonitors = 0, patienceMs = 5000) {
  const agent = new LocalAgent({ ...agentOptions(), warmMonitors, patienceMs });
  const reports: MachineReport[] = [];
  agent.onReport((report) => reports.push(report));
  agents.push({ agent, reports });
  return { agent, reports };
}

async function runs() {
  return RunDirectory.list(join(directory, 'run'));
}

async function pidOf(id: string): Promise<number> {
  for (const run of await runs()) {
    const record = await run.record();
    if (record?.machineId === id) return record.pid;
  }
  throw new Error(`no monitor of ${id}`);
}

/** Reads until the console ends, or `text` was read. */
function readConsole(connection: ConsoleConnection, text?: string): Promise<string> {
  return new Promise((resolve) => {
    let read = '';
    const done = () => {
      connection.close();
      resolve(read);
    };
    connection.listen({
      offset: () => {},
      bytes: (chunk) => {
        read += Buffer.from(chunk).toString('utf8');
        if (text !== undefined && read.includes(text)) done();
      },
      skipped: () => {},
      drained: () => {},
      ended: done,
    });
  });
}

describe('the local agent', () => {
  it('starts, pauses, resumes, resets and stops a machine', async () => {
    const { agent, reports } = newAgent();
    await agent.start(someSpec('one'), never);
    expect(agent.isLive('one')).toBe(true);
    await agent.pause('one');
    await agent.resume('one');
    await agent.reset('one');
    await agent.stop('one');
    const states = reports.map((report) => report.state);
    expect(states).toEqual(['running', 'paused', 'running', 'running', 'stopped']);
    expect(agent.isLive('one')).toBe(false);
    expect(await runs()).toEqual([]);
    await agent.stop('one');
  });

  it('shuts a machine down by asking its guest, which has the time it is given', async () => {
    const { agent, reports } = newAgent();
    await agent.start(someSpec('one'), never);
    await agent.shutdown('one', 5000);
    await eventually(() => {
      const states = reports.map((report) => report.state);
      expect(states).toEqual(['running', 'stopping', 'stopped']);
    });
    expect(agent.isLive('one')).toBe(false);
  });

  it('refuses what a machine without monitor cannot do', async () => {
    const { agent } = newAgent();
    expect((await problemOf(agent.pause('one'))).code).toBe('not-running');
  });

  it('refuses a second start of the same machine', async () => {
    const { agent } = newAgent();
    await agent.start(someSpec('one'), never);
    expect((await problemOf(agent.start(someSpec('one'), never))).code).toBe('already-running');
  });

  it('says what to do without KVM and without the monitor', async () => {
    const blind = new LocalAgent({ ...agentOptions(), kvmDevice: '/nowhere/kvm' });
    expect(await problemOf(blind.start(someSpec('one'), never))).toMatchObject({
      code: 'kvm-unavailable',
      detail: 'There is no /nowhere/kvm.',
    });
    expect((await blind.facts()).kvm).toMatchObject({ available: false });
    const unbuilt = new LocalAgent({ ...agentOptions(), monitorPath: '/nowhere/monitor.cjs' });
    expect((await problemOf(unbuilt.start(someSpec('one'), never))).code).toBe('monitor-missing');
  });

  it("passes the monitor's refusal on, and leaves nothing behind", async () => {
    const { agent } = newAgent();
    const problem = await problemOf(agent.start(someSpec('one', 'fake.refuse'), never));
    expect(problem).toMatchObject({ code: 'cannot-boot', detail: 'The kernel is no ELF file.' });
    expect(await runs()).toEqual([]);
    await agent.start(someSpec('one'), never);
  });

  it('gives a start up that hangs', async () => {
    const { agent } = newAgent();
    const abort = new AbortController();
    const starting = agent.start(someSpec('one', 'fake.hang'), abort.signal);
    await eventually(() => pidOf('one'));
    abort.abort(new Error('given up'));
    await expect(starting).rejects.toThrow('given up');
    expect(await runs()).toEqual([]);
    expect(agent.isLive('one')).toBe(false);
  });

  it('tells how a guest crashed and keeps its console', async () => {
    const { agent, reports } = newAgent();
    await agent.start(someSpec('one', 'fake.crash'), never);
    await eventually(() => expect(reports.at(-1)?.state).toBe('crashed'));
    expect(reports.at(-1)?.crash).toMatchObject({
      reason: 'triple-fault',
      registers: { rip: '0xdead' },
      instructionBytes: '0f0b',
    });
    await eventually(async () => expect(await runs()).toEqual([]));
    const kept = await agent.openConsole('one', 0);
    expect(kept.live).toBe(false);
    expect(await readConsole(kept)).toContain('hello from the guest ✓');
    expect(Buffer.from(await agent.consoleLog('one')).toString()).toContain('booting one');
    await agent.forget('one');
    expect(existsSync(join(directory, 'machines/one'))).toBe(false);
  });

  it('notices within a second that a monitor was killed, and others go on', async () => {
    const { agent, reports } = newAgent();
    await agent.start(someSpec('one'), never);
    await agent.start(someSpec('two'), never);
    process.kill(await pidOf('one'), 'SIGKILL');
    const began = Date.now();
    await eventually(() => expect(reports.at(-1)?.state).toBe('crashed'));
    expect(Date.now() - began).toBeLessThan(1000);
    expect(reports.at(-1)).toMatchObject({ id: 'one', crash: { reason: 'monitor-killed' } });
    expect(reports.at(-1)?.crash?.message).toContain('SIGKILL');
    expect(reports.at(-1)?.crash?.lastLines).toContain('hello from the guest ✓');
    expect(agent.isLive('two')).toBe(true);
    await eventually(async () => expect(await runs()).toHaveLength(1));
    await agent.start(someSpec('one'), never);
  });

  it('shows no console where what is kept of it is damaged', async () => {
    const { agent } = newAgent();
    await mkdir(join(directory, 'machines/one'), { recursive: true });
    await writeFile(join(directory, 'machines/one/console-0123456789ab.ring'), 'nonsense');
    expect(await readConsole(await agent.openConsole('one', 0))).toBe('');
    expect(await agent.consoleLog('one')).toHaveLength(0);
  });

  it('carries a console both ways, byte by byte', async () => {
    const { agent } = newAgent();
    await agent.start(someSpec('one'), never);
    const connection = await agent.openConsole('one', 0);
    expect(connection.live).toBe(true);
    const reading = readConsole(connection, '你好');
    connection.write(Buffer.from('你好'));
    expect(await reading).toMatch(/^booting one.*你好$/s);
    const rest = await agent.openConsole('one', 'booting one\r\n'.length);
    expect(await readConsole(rest, '你好')).toMatch(/^hello/);
  });

  it('says so when a monitor does not answer any more, and its console can be read on', async () => {
    const { agent, reports } = newAgent(0, IMPATIENT_MS);
    await agent.start(someSpec('hung'), never);
    await agent.start(someSpec('other'), never);
    const pid = await pidOf('hung');
    process.kill(pid, 'SIGSTOP');
    const answers = [agent.pause('hung'), agent.openConsole('hung', 0), agent.resized('hung', 'a')];
    await agent.pause('other');
    const problems = await Promise.all(answers.map(problemOf));
    for (const { code } of problems) expect(code).toBe('monitor-failed');
    expect(Buffer.from(await agent.consoleLog('hung')).toString()).toContain('booting hung');
    const isSilent = { id: 'hung', state: 'running', silentSince: expect.any(String) };
    await eventually(() => expect(reports.at(-1)).toMatchObject(isSilent));
    process.kill(pid, 'SIGCONT');
    await eventually(() => expect(reports.at(-1)).not.toHaveProperty('silentSince'));
  });

  it('samples once a second', async () => {
    const { agent } = newAgent();
    const samples: VmSample[] = [];
    agent.onSample((_id, sample) => samples.push(sample));
    await agent.start(someSpec('one'), never);
    await eventually(() => expect(samples.length).toBeGreaterThanOrEqual(1));
    expect(samples[0]?.memory.sizeBytes).toBe(64 * 1024 * 1024);
    expect(samples[0]?.exits['pio']).toBeGreaterThan(500);
    expect(agent.samples('one')).toEqual(samples);
    await agent.stop('one');
    expect(agent.samples('one')).toEqual(samples);
  });
});

describe('waiting monitors', () => {
  it('are claimed by a start and replaced', async () => {
    const { agent } = newAgent(1);
    await agent.open(new Set());
    const [waiting] = await eventually(async () => {
      const found = await runs();
      expect(await found[0]?.record()).toBeDefined();
      return found;
    });
    await eventually(async () =>
      expect((await agent.facts()).kvm).toMatchObject({ quirks: ['fake'] }),
    );
    const { pid } = (await waiting?.record()) ?? { pid: 0 };
    await agent.start(someSpec('one'), never);
    expect(await pidOf('one')).toBe(pid);
    await eventually(async () => expect(await runs()).toHaveLength(2));
  });

  it('end with the console', async () => {
    const { agent } = newAgent(2);
    await agent.open(new Set());
    await eventually(async () => expect(await runs()).toHaveLength(2));
    await agent.close();
    await eventually(async () => expect(await runs()).toEqual([]));
  });
});

describe('a console that starts again', () => {
  it('takes up the machines that run, with console and counters', async () => {
    const first = newAgent();
    await first.agent.start(someSpec('one'), never);
    await first.agent.close();

    const { agent, reports } = newAgent();
    const adoption = await agent.open(new Set(['one']));
    expect(adoption.machines).toMatchObject([{ id: 'one', state: 'running' }]);
    expect(agent.isLive('one')).toBe(true);
    expect(await readConsole(await agent.openConsole('one', 0), '/ # ')).toContain('booting one');
    await eventually(() => expect(agent.samples('one')[0]?.totals.boots).toBe(1));
    await agent.pause('one');
    expect(reports.map((report) => report.state)).toEqual(['paused']);

    process.kill(await pidOf('one'), 'SIGKILL');
    await eventually(() => expect(reports.at(-1)?.state).toBe('crashed'), 1000);
  });

  it('finds what became of a monitor that died meanwhile', async () => {
    const first = newAgent();
    await first.agent.start(someSpec('one'), never);
    const pid = await pidOf('one');
    await first.agent.close();
    process.kill(pid, 'SIGKILL');
    await eventually(() => expect(isRunning(pid)).toBe(false));

    const { agent } = newAgent();
    const adoption = await agent.open(new Set(['one']));
    expect(adoption.machines).toMatchObject([
      { id: 'one', state: 'crashed', crash: { reason: 'monitor-killed' } },
    ]);
    expect(adoption.machines[0]?.crash?.lastLines).toContain('hello from the guest ✓');
    expect(await readConsole(await agent.openConsole('one', 0))).toContain('booting one');
    expect(await readdir(join(directory, 'run'))).toEqual([]);
  });

  it('does not give a monitor up that does not answer, and starts no second one beside it', async () => {
    const first = newAgent();
    for (const id of ['waking', 'stuck']) await first.agent.start(someSpec(id), never);
    const [waking, stuck] = [await pidOf('waking'), await pidOf('stuck')];
    await first.agent.close();
    for (const pid of [waking, stuck]) process.kill(pid, 'SIGSTOP');

    const { agent, reports } = newAgent(0, IMPATIENT_MS);
    const { machines, silent } = await agent.open(new Set(['waking', 'stuck']));
    expect([machines, silent.toSorted()]).toEqual([[], ['stuck', 'waking']]);
    expect(agent.isLive('stuck')).toBe(true);
    expect((await problemOf(agent.start(someSpec('stuck'), never))).code).toBe('already-running');
    process.kill(waking, 'SIGCONT');
    await agent.stop('stuck');
    await eventually(() => expect(isRunning(stuck)).toBe(false));
    const states = () => new Map(reports.map(({ id, state }) => [id, state]));
    await eventually(() =>
      expect(Object.fromEntries(states())).toEqual({ stuck: 'stopped', waking: 'running' }),
    );
    await agent.pause('waking');
  });

  it('asks a monitor who it is whose record cannot be read', async () => {
    const first = newAgent();
    await first.agent.start(someSpec('one'), never);
    const pid = await pidOf('one');
    const [run] = await runs();
    await first.agent.close();
    await writeFile(join(run?.path ?? '', 'monitor.json'), '{"pid":');

    const { agent } = newAgent();
    const { machines } = await agent.open(new Set(['one']));
    expect(machines).toMatchObject([{ id: 'one', state: 'running' }]);
    await agent.stop('one');
    await eventually(() => expect(isRunning(pid)).toBe(false));
  });

  it('clears a run directory away that nobody listens in', async () => {
    const dead = join(directory, 'run', '0123456789ab');
    await mkdir(dead);
    await writeFile(join(dead, 'monitor.json'), 'nonsense');
    await newAgent().agent.open(new Set());
    expect(await runs()).toEqual([]);
  });

  it('forgets what is left of machines that were deleted', async () => {
    const machines = join(directory, 'machines');
    for (const id of ['mine', 'deleted']) await mkdir(join(machines, id), { recursive: true });
    await newAgent().agent.open(new Set(['mine']));
    expect(await readdir(machines)).toEqual(['mine']);
  });

  it('leaves the monitors of others alone', async () => {
    const first = newAgent();
    await first.agent.start(someSpec('theirs'), never);
    const pid = await pidOf('theirs');
    await first.agent.close();

    const { agent } = newAgent();
    expect(await agent.open(new Set(['mine']))).toEqual({
      machines: [],
      silent: [],
      strangers: [{ id: 'theirs', pid }],
    });
    expect(isRunning(pid)).toBe(true);
    await agent.close();
    process.kill(pid, 'SIGKILL');
    await eventually(() => expect(isRunning(pid)).toBe(false));
    expect((await newAgent().agent.open(new Set())).strangers).toEqual([]);
    expect(await runs()).toEqual([]);
  });
});

function agentOptions() {
  return {
    runDirectory: join(directory, 'run'),
    dataDirectory: directory,
    machinesDirectory: join(directory, 'machines'),
    monitorPath,
    // Anything that can be opened: the fake monitor has no machine.
    kvmDevice: '/dev/null',
    warmMonitors: 0,
    log: silentLog,
  };
}
