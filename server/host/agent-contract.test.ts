import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../log/log';
import { eventually } from '../testing/eventually';
import { problemOf } from '../testing/problems';
import type { HostAgent, MachineReport } from './agent';
import { LocalAgent } from './local-agent';
import { buildFakeMonitor } from './testing/build-fake-monitor';
import { FakeAgent } from './testing/fake-agent';
import { someSpec } from './testing/some-spec';

const never = new AbortController().signal;
const SPEC = someSpec('one');

let scratch: string;
let monitorPath: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'vd-contract-'));
  monitorPath = await buildFakeMonitor(scratch);
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

async function localAgent(): Promise<HostAgent> {
  const directory = await mkdtemp(join(scratch, 'host-'));
  await mkdir(join(directory, 'run'));
  return new LocalAgent({
    runDirectory: join(directory, 'run'),
    dataDirectory: directory,
    machinesDirectory: join(directory, 'machines'),
    monitorPath,
    // Anything that can be opened: the fake monitor has no machine.
    kvmDevice: '/dev/null',
    warmMonitors: 0,
    log: silentLog,
  });
}

/** What the console counts on, whichever agent serves it, and whichever will from afar. */
describe.each([
  ['the local agent', localAgent],
  ['the fake of unit tests', async () => new FakeAgent()],
])('%s', (_name, make) => {
  let agent: HostAgent;
  let reports: MachineReport[];

  beforeEach(async () => {
    agent = await make();
    reports = [];
    agent.onReport((report) => reports.push(report));
    await agent.open(new Set(['one']));
  });

  afterEach(async () => {
    await agent.stop('one');
    await agent.close();
  });

  const states = () => reports.map(({ state }) => state);

  it('tells what becomes of a machine', async () => {
    await agent.start(SPEC, never);
    expect(agent.isLive('one')).toBe(true);
    await agent.pause('one');
    await agent.resume('one');
    await agent.stop('one');
    expect(states()).toEqual(['running', 'paused', 'running', 'stopped']);
    expect(agent.isLive('one')).toBe(false);
    await agent.forget('one');
  });

  it('has one monitor of a machine at most, and forgets none that has one', async () => {
    await agent.start(SPEC, never);
    expect((await problemOf(agent.start(SPEC, never))).code).toBe('already-running');
    expect((await problemOf(agent.forget('one'))).code).toBe('already-running');
    expect(agent.isLive('one')).toBe(true);
  });

  it('refuses what a machine without monitor cannot do, but for a stop', async () => {
    const refused = [
      agent.pause('one'),
      agent.resume('one'),
      agent.reset('one'),
      agent.shutdown('one', 1000),
    ];
    for (const { code } of await Promise.all(refused.map(problemOf))) {
      expect(code).toBe('not-running');
    }
    await agent.stop('one');
    await agent.resized('one', 'disk');
    expect(states()).toEqual([]);
  });

  it('leaves nothing of a start that was given up', async () => {
    const reason = new Error('given up');
    await expect(agent.start(SPEC, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(agent.isLive('one')).toBe(false);
    await agent.start(SPEC, never);
    expect(states()).toContain('running');
  });

  it('opens the console of a machine that never ran: it has ended', async () => {
    const console = await agent.openConsole('one', 0);
    expect(console.live).toBe(false);
    await new Promise<void>((resolve) => {
      console.listen({
        offset: (offset) => expect(offset).toBe(0),
        bytes: () => expect.unreachable(),
        skipped: () => expect.unreachable(),
        drained: () => {},
        ended: resolve,
      });
    });
  });

  it('answers with nothing that a network could not carry', async () => {
    await agent.start(SPEC, never);
    await eventually(() => expect(reports).not.toEqual([]));
    for (const told of [
      await agent.facts(),
      await agent.examine(),
      await agent.monitorLog('one'),
      agent.samples('one'),
      agent.hostSamples(),
      reports,
    ]) {
      expect(JSON.parse(JSON.stringify(told))).toEqual(told);
    }
  });
});
