import fs from 'node:fs';
import { expect, it } from 'vitest';
import { rehearseRequests } from '../../vmm-core/monitor/rehearsal';
import { MonitorRefusal } from '../../vmm-core/monitor/transport';
import { guest } from '../guests/assemble';
import { describeWithKvm } from '../support/kvm';
import { startPayload, TestMonitor } from '../support/machine';

async function problemOf(promise: Promise<unknown>): Promise<MonitorRefusal['problem']> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof MonitorRefusal) return error.problem;
    throw error;
  }
  throw new Error('was not refused');
}

describeWithKvm('the life of a machine', () => {
  it('pauses a guest that never leaves, and lets it go on', async () => {
    const monitor = await startPayload('flood');
    await monitor.untilPrinted('abc');
    expect((await monitor.client.act('pause')).state).toBe('paused');
    const before = (await monitor.client.metrics()).console.outputBytes;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await monitor.client.metrics()).console.outputBytes).toBe(before);
    expect((await monitor.client.act('resume')).state).toBe('running');
    await expect
      .poll(async () => (await monitor.client.metrics()).console.outputBytes)
      .toBeGreaterThan(before);
  });

  it.each(['spin', 'halt', 'flood'])(
    'stops a guest that would run for ever: %s',
    async (payload) => {
      const monitor = await startPayload(payload);
      const began = performance.now();
      expect((await monitor.client.act('stop')).state).toBe('stopped');
      expect(performance.now() - began).toBeLessThan(1000);
      expect((await monitor.client.metrics()).memory.residentBytes).toBe(0);
    },
  );

  it('is not touched by what its monitor asked itself while it waited', async () => {
    const monitor = await startPayload('flood');
    const states: string[] = [];
    const stop = monitor.client.watch(
      ({ state }) => states.push(state),
      () => {},
    );
    for (let i = 0; i < 20; i += 1) rehearseRequests(monitor.file('socket'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    stop();
    expect(new Set(states)).toEqual(new Set(['running']));
    expect((await monitor.client.status()).state).toBe('running');
  });

  it('stops a paused guest', async () => {
    const monitor = await startPayload('spin');
    await monitor.client.act('pause');
    expect((await monitor.client.act('stop')).state).toBe('stopped');
  });

  it('starts again after a stop, in the same process', async () => {
    const monitor = await startPayload('halt');
    await monitor.untilPrinted('!');
    await monitor.client.act('stop');
    expect((await monitor.client.act('start')).boots).toBe(2);
    await monitor.untilPrinted('!!');
  });

  it('resets: a new boot, console and counters going on', async () => {
    const monitor = await startPayload('halt');
    await monitor.untilPrinted('!');
    const { boots, pid } = await monitor.client.act('reset');
    expect({ boots, pid }).toEqual({ boots: 2, pid: monitor.pid });
    await monitor.untilPrinted('!!');
    expect((await monitor.client.metrics()).vcpus[0]?.exits['io']).toBe(2);
  });

  it("carries out the guest's own reset", async () => {
    const monitor = await startPayload('reset');
    const status = await monitor.until((s) => s.boots >= 5);
    expect(status.ended).toEqual({ kind: 'reset' });
    await monitor.client.act('stop');
  });

  it('survives a hundred resets without losing descriptors or memory', async () => {
    const monitor = await startPayload('halt');
    const descriptors = (): number => fs.readdirSync(`/proc/${monitor.pid}/fd`).length;
    const maps = (): number =>
      fs.readFileSync(`/proc/${monitor.pid}/maps`, 'utf8').split('guest-ram').length;
    await monitor.client.act('reset');
    const before = { fds: descriptors(), maps: maps() };
    for (let i = 0; i < 100; i++) await monitor.client.act('reset');
    expect({ fds: descriptors(), maps: maps() }).toEqual(before);
  });

  it('refuses what its state does not allow, and says what would', async () => {
    const monitor = await startPayload('halt');
    const again = await problemOf(monitor.client.act('start'));
    expect(again).toMatchObject({ status: 409, code: 'wrong-state' });
    expect(again.detail).toContain('running');
    await monitor.client.act('pause');
    expect((await problemOf(monitor.client.act('pause'))).code).toBe('wrong-state');
    expect((await problemOf(monitor.client.quit())).hint).toBe('Stop the machine first.');
    expect((await monitor.client.status()).state).toBe('paused');
  });

  it('carries out requests that come all at once one after the other', async () => {
    const monitor = await startPayload('spin');
    const actions = ['pause', 'resume', 'reset', 'pause', 'resume', 'stop'] as const;
    // Each has a connection of its own, so their order is anybody's; each finds a whole state.
    const outcomes = await Promise.allSettled(actions.map((a) => monitor.client.act(a)));
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        expect((outcome.reason as MonitorRefusal).problem.code).toBe('wrong-state');
      }
    }
    expect(outcomes.at(-1)).toMatchObject({ value: { state: 'stopped' } });
    expect((await monitor.client.status()).state).toBe('stopped');
  });

  it('quits when it is stopped', async () => {
    const monitor = await startPayload('halt');
    await monitor.client.act('stop');
    const gone = new Promise((resolve) => monitor.launched.process.once('exit', resolve));
    await monitor.client.quit();
    expect(await gone).toBe(0);
  });
});

describeWithKvm('a machine that cannot start', () => {
  it('is refused before it is configured', async () => {
    const monitor = await TestMonitor.launch();
    expect((await problemOf(monitor.client.act('start'))).code).toBe('not-configured');
  });

  it.each([
    ['vcpus', { vcpus: 0 }],
    ['vcpus', { vcpus: 1000 }],
    ['memoryBytes', { memoryBytes: 0 }],
    ['memoryBytes', { memoryBytes: 2 ** 50 }],
    ['id', { id: 'bell\u0007' }],
  ])('is refused naming %s', async (field, changes) => {
    const monitor = await TestMonitor.launch();
    const problem = await problemOf(monitor.configure('halt', changes));
    expect(problem).toMatchObject({ status: 422, code: 'bad-config', field });
  });

  it('says what is wrong with the kernel, and stays stopped', async () => {
    const monitor = await TestMonitor.launch();
    await monitor.configure('halt', { boot: { kernel: '/etc/hostname', cmdline: '' } });
    const problem = await problemOf(monitor.client.act('start'));
    expect(problem).toMatchObject({ status: 422, code: 'cannot-boot' });
    expect(problem.detail).toContain('neither an ELF file');
    expect((await monitor.client.status()).state).toBe('stopped');
  });

  it('takes another configuration then, and starts', async () => {
    const monitor = await TestMonitor.launch();
    await monitor.configure('halt', { boot: { kernel: '/nowhere', cmdline: '' } });
    await problemOf(monitor.client.act('start'));
    await monitor.configure('halt');
    expect((await monitor.client.act('start')).state).toBe('running');
  });

  it('is not reconfigured while it runs', async () => {
    const monitor = await startPayload('halt');
    expect((await problemOf(monitor.configure('halt'))).code).toBe('already-started');
  });
});

describeWithKvm('a guest that dies', () => {
  it('is crashed with reason, registers, the bytes at RIP and its last words', async () => {
    const monitor = await startPayload('triple-fault');
    const { crash } = await monitor.untilState('crashed');
    expect(crash).toMatchObject({ reason: 'triple-fault', vcpu: 0, lastLines: ['last words'] });
    expect(crash?.registers?.['rip']).toMatch(/^0x100/);
    expect(crash?.instructionBytes).toMatch(/^0f0b/);
    expect(crash?.hint).not.toBe('');
    expect(JSON.parse(fs.readFileSync(monitor.file('crash'), 'utf8'))).toEqual(crash);
  });

  it('gives its memory back and can be started again', async () => {
    const monitor = await startPayload('triple-fault');
    await monitor.untilState('crashed');
    expect((await monitor.client.metrics()).memory.residentBytes).toBe(0);
    expect((await monitor.client.act('stop')).state).toBe('stopped');
    expect((await monitor.client.act('start')).boots).toBe(2);
  });

  it('is crashed when the host meets an instruction that nobody can run', async () => {
    const monitor = await startPayload('unknown-instruction');
    const { crash } = await monitor.untilState('crashed');
    expect(['emulation-failure', 'triple-fault']).toContain(crash?.reason);
    expect(crash?.instructionBytes).toMatch(/^62f17c48/);
  });

  it('takes no more than itself down when it saves its registers where no memory is', async () => {
    const monitor = await startPayload('save-to-nowhere');
    const { crash } = await monitor.untilState('crashed');
    expect(['emulation-failure', 'triple-fault']).toContain(crash?.reason);
    expect((await monitor.client.act('stop')).state).toBe('stopped');
  });

  it('leaves its last words in a file when the monitor is killed', async () => {
    const monitor = await startPayload('halt');
    await monitor.untilPrinted('!');
    const gone = new Promise((resolve) => monitor.launched.process.once('exit', resolve));
    monitor.launched.process.kill('SIGKILL');
    await gone;
    const { readConsoleRing } = await import('../../vmm-core/machine/console-file');
    expect(readConsoleRing(monitor.file('console')).tail.toString()).toBe('!');
  });
});

it('the payloads are where the tests expect them', () => {
  expect(fs.existsSync(guest('halt'))).toBe(true);
});
