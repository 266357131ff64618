import { expect, it, onTestFinished } from 'vitest';
import { describeWithKvm } from '../support/kvm';
import { Linux, type LinuxOptions } from '../support/linux';

async function startLinux(options?: LinuxOptions): Promise<Linux> {
  const linux = await Linux.start(options);
  onTestFinished(() => linux.remove());
  return linux;
}

describeWithKvm('a Linux that ends', () => {
  it('powers off when the power button is pressed', async () => {
    const linux = await startLinux();
    await linux.untilPrompt();
    // The first shell sets up the rest, the power button among it, behind its prompt.
    await linux.run('while ! pidof acpid; do sleep 0.1; done');
    expect((await linux.client.shutdown(60_000)).state).toBe('stopping');
    const status = await linux.untilStatus(({ state }) => state === 'stopped');
    expect(status.ended).toEqual({ kind: 'poweroff' });
  });

  it('is asked again and again, runs on while it does not listen, and obeys its own poweroff', async () => {
    const linux = await startLinux({ config: { restart: 'always' } });
    await linux.untilPrompt();
    await linux.run('while ! pidof acpid; do sleep 0.1; done; killall acpid');
    await linux.client.shutdown(300);
    const ignored = await linux.untilStatus(({ state }) => state === 'running');
    expect(ignored.shutdownIgnoredAt).toBeTypeOf('string');

    await linux.client.sendInput('poweroff\n');
    const stopped = await linux.untilStatus(({ state }) => state === 'stopped');
    expect(stopped.ended).toEqual({ kind: 'poweroff' });
    expect(stopped.restartAt).toBeTypeOf('string');
    const again = await linux.untilStatus(({ boots }) => boots === 2);
    expect(again.state).toBe('running');
  });

  it('is crashed when its kernel panics, and boots again by its policy', async () => {
    const linux = await startLinux({
      cmdline: 'rdinit=/nowhere init=/nowhere',
      config: { restart: 'on-crash' },
    });
    const { crash, restartAt } = await linux.untilStatus(({ state }) => state === 'crashed');
    expect(crash?.reason).toBe('guest-panic');
    expect(crash?.lastLines.join('\n')).toContain('Kernel panic');
    expect(Date.parse(restartAt ?? '')).toBeGreaterThan(Date.parse(crash?.at ?? ''));
    expect((await linux.untilStatus(({ boots }) => boots === 2)).state).toBe('running');
    expect((await linux.client.act('stop')).restartAt).toBeUndefined();
  });
});
