import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithKvm } from '../support/kvm';
import { Linux } from '../support/linux';

describeWithKvm('a machine of four vCPUs with devices', () => {
  let linux: Linux;
  beforeAll(async () => {
    linux = await Linux.start({
      vcpus: 4,
      memoryMiB: 256,
      config: { rng: { id: 'rng0', limit: { bytesPerSecond: 100_000 } } },
    });
    await linux.untilPrompt();
  });
  afterAll(() => linux.remove());

  it('has all of them at work', async () => {
    expect(await linux.run('nproc; cat /sys/devices/system/cpu/online')).toBe('4\n0-3');
    const { vcpus } = await linux.client.metrics();
    expect(vcpus.map(({ runNs }) => runNs > 0)).toEqual([true, true, true, true]);
  });

  it('has random bytes from the host, by MSI-X', async () => {
    expect(await linux.run('cat /sys/class/misc/hw_random/rng_current')).toMatch(/^virtio_rng/);
    expect(await linux.run('head -c 64 /dev/hwrng | wc -c')).toBe('64');
    expect(await linux.run('cat /proc/interrupts')).toMatch(/PCI-MSI.*virtio0-input/);
    const [device] = (await linux.client.metrics()).devices;
    expect(device).toMatchObject({ name: 'rng0', active: true, faults: 0 });
    expect(device?.counters['bytes']).toBeGreaterThanOrEqual(64);
  });
});
