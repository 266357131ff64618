import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHECKS, doctorSchema } from '../../api/doctor';
import { readKvmStatus } from '../host-facts';
import { examineHost } from './doctor';
import { hostReader, type Subject } from './subject';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vd-doctor-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function file(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

async function examine(parts: Partial<Subject> = {}) {
  const findings = await examineHost({
    kvm: { available: true, apiVersion: 12, quirks: [] },
    dataDirectory: root,
    read: hostReader(root),
    ...parts,
  });
  doctorSchema.parse({ findings });
  return Object.fromEntries(findings.map(({ id, ...verdict }) => [id, verdict]));
}

describe('the doctor', () => {
  it('looks at this host, whatever it is, and leaves nothing behind', async () => {
    const findings = await examine({ read: hostReader(), kvm: readKvmStatus('/dev/kvm', []) });
    expect(Object.keys(findings)).toEqual([...CHECKS]);
    for (const { detail } of Object.values(findings)) expect(detail).toMatch(/\.$/);
    expect(await readdir(root)).toEqual([]);
  });

  it('passes on why KVM cannot be used', async () => {
    const kvm = readKvmStatus(join(root, 'kvm'), []);
    expect((await examine({ kvm }))['kvm']).toMatchObject({
      level: 'problem',
      hint: expect.stringContaining('modprobe'),
    });
  });

  it('knows what processors bring for guests', async () => {
    await file('proc/cpuinfo', 'flags\t\t: fpu vmx avx\nvmx flags\t: vnmi ept vpid\n');
    expect((await examine())['processor']?.level).toBe('ok');
    await file('proc/cpuinfo', 'flags\t\t: fpu svm\n');
    expect((await examine())['processor']?.level).toBe('warning');
    await file('proc/cpuinfo', 'flags\t\t: fpu avx\n');
    expect((await examine())['processor']?.detail).toContain('neither VMX nor SVM');
  });

  it('tells of holes that are open', async () => {
    const at = 'sys/devices/system/cpu/vulnerabilities';
    await file(`${at}/l1tf`, 'Mitigation: PTE Inversion; VMX: flush not necessary\n');
    expect((await examine())['mitigations']?.level).toBe('ok');
    await file(`${at}/mds`, 'Vulnerable: Clear CPU buffers attempted, no microcode\n');
    const { level, detail } = (await examine())['mitigations'] ?? {};
    expect([level, detail]).toEqual(['warning', expect.stringContaining('open: mds.')]);
  });

  it('counts memory, swap and huge pages', async () => {
    const memory = (available: number, swapFree: number) =>
      file(
        'proc/meminfo',
        `MemTotal: 8388608 kB\nMemAvailable: ${available} kB\nSwapTotal: 4194304 kB\nSwapFree: ${swapFree} kB\n`,
      );
    await memory(4194304, 4194304);
    expect((await examine())['memory']).toMatchObject({
      level: 'ok',
      detail: '4.0 GiB of 8.0 GiB are free.',
    });
    await memory(4194304, 0);
    expect((await examine())['memory']?.detail).toContain('swapped out 4.0 GiB');
    await memory(400000, 4194304);
    expect((await examine())['memory']?.detail).toContain('nearly used up');
    await file('sys/kernel/mm/transparent_hugepage/enabled', 'always madvise [never]\n');
    await file('sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages', '8\n');
    await file('sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages', '3\n');
    expect((await examine())['huge-pages']).toMatchObject({
      level: 'note',
      detail: expect.stringContaining('3 of 8 set aside'),
    });
  });

  it('knows the limits of the kernel and of the console', async () => {
    await file('proc/sys/kernel/io_uring_disabled', '2\n');
    await file('proc/self/limits', 'Max open files            1024                 4096   files\n');
    const { 'io-uring': ioUring, 'open-files': openFiles } = await examine();
    expect(ioUring?.detail).toContain('by threads');
    expect(openFiles?.detail).toContain('about 170 machines');
  });

  it('says which check could not be made, and makes the others', async () => {
    const findings = await examine({ dataDirectory: join(root, 'nowhere') });
    expect(findings['storage']?.detail).toContain('could not be looked at');
    expect(findings['kvm']?.level).toBe('ok');
  });
});
