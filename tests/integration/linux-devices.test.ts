import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithKvm } from '../support/kvm';
import { Linux } from '../support/linux';

const MiB = 2 ** 20;

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

describeWithKvm('a machine with a balloon', () => {
  let linux: Linux;
  beforeAll(async () => {
    linux = await Linux.start({
      memoryMiB: 256,
      config: {
        balloon: {
          id: 'balloon0',
          targetBytes: 0,
          deflateOnOom: true,
          reporting: true,
          statsIntervalSeconds: 1,
        },
      },
    });
    await linux.untilPrompt();
  });
  afterAll(() => linux.remove());

  const resident = async (): Promise<number> => (await linux.client.metrics()).memory.residentBytes;
  const counter = async (name: string): Promise<number> =>
    (await linux.client.metrics()).devices[0]?.counters[name] ?? 0;
  const freeMiB = async (): Promise<number> =>
    Number((await linux.run("awk '/MemFree/ {print $2}' /proc/meminfo")).trim()) / 1024;

  it('gives back what the guest has freed, without being asked', async () => {
    // Touched, and free again once the file is gone.
    await linux.run('head -c 40000000 /dev/zero > /tmp/zeros');
    const full = await resident();
    await linux.run('rm /tmp/zeros');
    await expect.poll(resident, { timeout: 40_000 }).toBeLessThan(full - 24 * MiB);
    expect(await counter('reportedBytes')).toBeGreaterThan(24 * MiB);
  });

  it('takes memory from the guest and gives it back', async () => {
    const before = await freeMiB();
    await linux.client.changeDevice('balloon0', { targetBytes: 64 * MiB });
    await expect.poll(() => counter('actualBytes'), { timeout: 60_000 }).toBe(64 * MiB);
    expect(await freeMiB()).toBeLessThan(before - 50);
    await linux.client.changeDevice('balloon0', { targetBytes: 0 });
    await expect.poll(() => counter('actualBytes'), { timeout: 60_000 }).toBe(0);
    expect(await freeMiB()).toBeGreaterThan(before - 20);
  });

  it('tells of its memory', async () => {
    await expect
      .poll(() => counter('guestTotalBytes'), { timeout: 20_000 })
      .toBeGreaterThan(200 * MiB);
  });
});
