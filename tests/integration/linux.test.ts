import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithKvm } from '../support/kvm';
import { Linux } from '../support/linux';

describeWithKvm('Linux of the default image', () => {
  let linux: Linux;

  beforeAll(async () => {
    linux = await Linux.start();
    await linux.untilPrompt();
  });
  afterAll(() => linux?.remove());

  it('comes to a shell on the console', async () => {
    expect(await linux.run('uname -s')).toBe('Linux');
  });

  it('has the memory it was given', async () => {
    const total = Number(await linux.run("awk '/MemTotal/ {print $2}' /proc/meminfo"));
    expect(total).toBeGreaterThan(90 * 1024);
    expect(total).toBeLessThan(128 * 1024);
  });

  it('passes text of any script through, both ways', async () => {
    const text = 'Grüße, Привет, 世界, مرحبا, 🙂';
    expect(await linux.run(`echo "${text}"`)).toBe(text);
  });

  it('keeps the AVX registers of two programs apart over context switches', async () => {
    const printed = await linux.run('/tests/avx-hold 1 & /tests/avx-hold 2; wait', 60_000);
    expect(printed).toContain('kept 1');
    expect(printed).toContain('kept 2');
    expect(printed).not.toContain('broken');
  });

  it('keeps time', async () => {
    const there = Number(await linux.run('date +%s'));
    expect(Math.abs(there - Date.now() / 1000)).toBeLessThan(5);
  });

  it('has job control: Ctrl-C ends a program', async () => {
    await linux.client.sendInput('sleep 1000\n');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const before = (await linux.console()).length;
    await linux.client.sendInput('\u0003');
    await linux.untilPrompt(before);
    expect(await linux.run('echo back')).toContain('back');
  });

  it('sleeps when it has nothing to do', async () => {
    const before = (await linux.client.metrics()).vcpus[0]?.runNs ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const after = (await linux.client.metrics()).vcpus[0]?.runNs ?? 0;
    expect((after - before) / 2e9).toBeLessThan(0.2);
  });

  it('goes on where it was after a pause', async () => {
    await linux.client.act('pause');
    await linux.client.act('resume');
    expect(await linux.run('echo on')).toBe('on');
  });

  it('restarts the machine when told to reboot', async () => {
    const before = (await linux.console()).length;
    await linux.client.sendInput('reboot\n');
    await expect.poll(async () => (await linux.client.status()).boots, { timeout: 30_000 }).toBe(2);
    await linux.untilPrompt(before);
    expect((await linux.client.status()).ended).toEqual({ kind: 'reset' });
  });
});
