import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DiskConfig } from '../../vmm-core/machine/config-disk';
import { describeWithKvm } from '../support/kvm';
import { Linux } from '../support/linux';

const MiB = 2 ** 20;
const SLOW_MS = 240_000;

let directory: string;
let disk: string;
beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'vd-disk-'));
  disk = path.join(directory, 'data.img');
});
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

function makeDisk(bytes: number): void {
  fs.rmSync(disk, { force: true });
  fs.writeFileSync(disk, '');
  fs.truncateSync(disk, bytes);
  execFileSync('mkfs.ext4', ['-q', '-F', disk]);
}

async function startWithDisk(options: Partial<DiskConfig> = {}, vcpus = 1): Promise<Linux> {
  const config: DiskConfig = {
    id: 'data',
    path: disk,
    readOnly: false,
    cache: 'buffered',
    queues: 1,
    ...options,
  };
  const linux = await Linux.start({ vcpus, memoryMiB: 256, config: { disks: [config] } });
  await linux.untilPrompt();
  await linux.run('mkdir -p /mnt');
  return linux;
}

describeWithKvm('ext4 on a virtio disk', () => {
  /** What a machine of its own does with the disk. */
  async function withLinux(use: (linux: Linux) => Promise<void>): Promise<void> {
    const linux = await startWithDisk();
    try {
      await linux.run('mount -t ext4 /dev/vda /mnt');
      await use(linux);
    } finally {
      // SIGKILL of the monitor, whatever the guest is at.
      linux.remove();
    }
  }
  let sum: string;
  let copy: string;

  it('takes 64 MiB', async () => {
    makeDisk(256 * MiB);
    await withLinux(async (linux) => {
      expect(await linux.run('cat /proc/interrupts')).toMatch(/PCI-MSI.*virtio0-req/);
      sum = await linux.run(`/tests/file put /mnt/a ${64 * MiB}; sync`, SLOW_MS);
      expect(sum).toMatch(/^67108864 [0-9a-f]{1,8}$/);
      await linux.run('umount /mnt', SLOW_MS);
      await linux.client.act('stop');
    });
  });

  it('has them after a stop and a start, and copies some through the page cache', async () => {
    await withLinux(async (linux) => {
      expect(await linux.run('/tests/file get /mnt/a', SLOW_MS)).toBe(sum);
      await linux.run('dd if=/mnt/a of=/mnt/b bs=1M count=4 2> /dev/null', SLOW_MS);
      copy = await linux.run('md5sum < /mnt/b; sync', SLOW_MS);
      expect(copy).toMatch(/^[0-9a-f]{32} /);
    });
  });

  it('has all of it after the monitor was killed behind the sync', async () => {
    await withLinux(async (linux) => {
      expect(await linux.run('/tests/file get /mnt/a', SLOW_MS)).toBe(sum);
      expect(await linux.run('md5sum < /mnt/b', SLOW_MS)).toBe(copy);
    });
  });
});

describeWithKvm('a disk in use', () => {
  let linux: Linux;
  beforeAll(async () => {
    makeDisk(16 * MiB);
    linux = await startWithDisk({ queues: 2 }, 2);
    await linux.run('mount -t ext4 -o discard /dev/vda /mnt');
  });
  afterAll(() => linux.remove());

  it('has a queue for each vCPU, a serial number and its blocks', async () => {
    expect(await linux.run('cat /sys/block/vda/serial; echo')).toBe('data');
    expect(await linux.run('ls /sys/block/vda/mq')).toMatch(/^0\s+1$/);
    expect(await linux.run('cat /sys/block/vda/queue/logical_block_size')).toBe('512');
  });

  it('says that it is full, and goes on', async () => {
    const said = await linux.run('dd if=/dev/zero of=/mnt/big bs=1M; sync', SLOW_MS);
    expect(said).toContain('No space left on device');
    await linux.run('rm /mnt/big; sync');
    expect(await linux.run('echo fine > /mnt/small && cat /mnt/small')).toBe('fine');
  });

  it('gives discarded space back to the host', async () => {
    await linux.run(`/tests/file put /mnt/noise ${8 * MiB}`, SLOW_MS);
    const before = fs.statSync(disk).blocks * 512;
    await linux.run('rm /mnt/noise; sync; sync', SLOW_MS);
    await expect
      .poll(() => fs.statSync(disk).blocks * 512, { timeout: 20_000 })
      .toBeLessThan(before - 6 * MiB);
  });

  it('grows while it is mounted', async () => {
    fs.truncateSync(disk, 32 * MiB);
    await linux.client.changeDevice('data', { resized: true });
    await expect
      .poll(() => linux.run('cat /sys/block/vda/size'), { timeout: 20_000 })
      .toBe(String((32 * MiB) / 512));
    expect(await linux.run('cat /mnt/small')).toBe('fine');
  });

  it('belongs to one machine', async () => {
    await expect(startWithDisk()).rejects.toThrow(/in use/);
  });
});
