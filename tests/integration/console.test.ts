import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ConsoleViewer, sleep, TestConsole } from '../support/console';
import { describeWithKvm } from '../support/kvm';

const PROMPT = /# $/;

describeWithKvm('a console with machines', () => {
  let console: TestConsole;
  let kept: string;
  let killed: string;
  let viewer: ConsoleViewer;

  beforeAll(async () => {
    console = await TestConsole.start();
    kept = (await console.createVm({ name: 'kept', start: true })).id;
    killed = (await console.createVm({ name: 'killed', start: true })).id;
    viewer = await console.openConsole(kept);
    await viewer.untilShown(PROMPT, 120_000);
  });
  afterAll(() => console?.remove());

  it('types into a machine over the WebSocket and gets its answer', async () => {
    viewer.type('echo $((6 * 7)) жизнь\n');
    await viewer.untilShown(/42 жизнь/);
  });

  it('refuses a second start, and the machine goes on', async () => {
    const { status, body } = await console.request('POST', `/vms/${kept}/start`);
    expect({ status, body }).toMatchObject({ status: 409, body: { code: 'wrong-state' } });
    expect((await console.vm(kept)).state).toBe('running');
  });

  it('finds its machines again after SIGKILL: running, replayed, counters going on', async () => {
    // The console samples once a second.
    await sleep(2500);
    const before = (await console.metrics(kept)).samples.at(-1);
    const monitors = console.monitors();
    await console.kill();
    for (const pid of monitors.values()) expect(() => process.kill(pid, 0)).not.toThrow();

    await console.launch();
    expect(await console.untilState(kept, 'running')).toMatchObject({ name: 'kept' });
    expect(console.monitors()).toEqual(monitors);
    const again = await console.openConsole(kept);
    expect(await again.untilShown(/42 жизнь/)).toContain('Welcome to virtdeck');
    again.type('echo still $((40 + 2))\n');
    await again.untilShown(/still 42/);

    await expect
      .poll(async () => (await console.metrics(kept)).samples.length, { timeout: 10_000 })
      .toBeGreaterThan(1);
    const after = (await console.metrics(kept)).samples.at(-1);
    expect(after?.totals.exits).toBeGreaterThan(before?.totals.exits ?? Number.POSITIVE_INFINITY);
    expect(after?.totals.runNs).toBeGreaterThan(before?.totals.runNs ?? Number.POSITIVE_INFINITY);
    expect(after?.totals.boots).toBe(before?.totals.boots);
  });

  it('sees within a second that a monitor was killed; the other machine is untouched', async () => {
    const pid = console.monitors().get(killed);
    if (pid === undefined) throw new Error('the machine has no monitor');
    process.kill(pid, 'SIGKILL');
    const vm = await console.untilState(killed, 'crashed', 1000);
    expect(vm.crash?.reason).toBe('monitor-killed');
    expect(vm.crash?.hint).not.toBe('');
    expect((await console.vm(kept)).state).toBe('running');
    expect(console.monitors().has(killed)).toBe(false);
  });

  it('replays the console of a machine that crashed, and starts it again', async () => {
    expect(await console.printed(killed)).toContain('Welcome to virtdeck');
    await console.request('POST', `/vms/${killed}/start`);
    await console.untilState(killed, 'running');
    expect((await console.vm(killed)).crash).toBeNull();
  });

  it('stops a machine during its start, and nothing of it is left', async () => {
    const { id } = await console.createVm({ name: 'hasty' });
    const starting = console.request('POST', `/vms/${id}/start`);
    const stopping = console.request('POST', `/vms/${id}/stop`);
    await Promise.all([starting, stopping]);
    const vm = await console.vm(id);
    if (vm.state !== 'stopped') await console.request('POST', `/vms/${id}/stop`);
    await console.untilState(id, 'stopped');
    expect(console.monitors().has(id)).toBe(false);
  });

  it('refuses more memory than the host has, naming the field', async () => {
    const { status, body } = await console.request('POST', '/vms', {
      name: 'huge',
      memoryBytes: 2 ** 50,
    });
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain('memoryBytes');
  });

  it('stops in order on Ctrl-C, and the machines go on', async () => {
    const monitors = console.monitors();
    expect(await console.stop()).toBe(0);
    for (const pid of monitors.values()) expect(() => process.kill(pid, 0)).not.toThrow();
    await console.launch();
    await console.untilState(kept, 'running');
  });

  it('stops and deletes machines', async () => {
    for (const id of [kept, killed]) {
      await console.request('POST', `/vms/${id}/stop`);
      await console.untilState(id, 'stopped');
      expect((await console.request('DELETE', `/vms/${id}`)).status).toBeLessThan(300);
      expect((await console.request('GET', `/vms/${id}`)).status).toBe(404);
    }
    expect(console.monitors().size).toBe(0);
  });
});
