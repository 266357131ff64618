import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemOf } from '../../testing/problems';
import { convertToRaw } from './disk-converter';
import { type DiskFormat, diskFormat } from './disk-format';
import { initrdFormat } from './initrd-format';
import { kernelFormat } from './kernel-format';
import type { ReadAt } from './read-at';

/** qemu-img measures the host before it derives a key, which takes seconds on a busy one. */
const KEY_DERIVATION_MS = 60_000;

const MIB = 1024 * 1024;
const run = promisify(execFile);
const never = new AbortController().signal;

let directory: string;
/** A disk of 64 MiB with data at its beginning, its middle and its end. */
let raw: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'virtdeck-formats-'));
  raw = at('disk.raw');
  await writeFile(raw, randomBytes(MIB));
  await truncate(raw, 64 * MIB);
  const file = await open(raw, 'r+');
  await file.write(randomBytes(MIB), 0, MIB, 31 * MIB + 512);
  await file.write(randomBytes(MIB), 0, MIB, 63 * MIB);
  await file.close();
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const at = (name: string) => join(directory, name);
const reader =
  (content: Buffer): ReadAt =>
  async (offset, length) =>
    content.subarray(offset, offset + length);

async function formatOf(path: string): Promise<DiskFormat> {
  const content = await readFile(path);
  return diskFormat(reader(content), content.length);
}

async function make(name: string, format: string, ...options: string[]): Promise<string> {
  await run('qemu-img', ['convert', '-f', 'raw', '-O', format, ...options, raw, at(name)]);
  return at(name);
}

function convert(from: string, format: Exclude<DiskFormat, 'raw'>, more: object = {}) {
  const base = { from, to: at('out.raw'), format, maxBytes: 1024 * MIB, signal: never };
  return convertToRaw({ ...base, onProgress: () => {}, ...more });
}

describe('a disk image is converted to raw', () => {
  it.each([
    ['qcow2', 'qcow2', []],
    ['qcow2', 'qcow2', ['-o', 'compat=0.10']],
    ['qcow2', 'qcow2', ['-c', '-o', 'compression_type=zstd']],
    ['qcow2', 'qcow2', ['-o', 'extended_l2=on,cluster_size=128k']],
    ['vmdk', 'vmdk', []],
    ['vmdk', 'vmdk', ['-o', 'subformat=streamOptimized']],
    ['vhdx', 'vhdx', []],
  ] as const)('of %s (%s %j), and qemu-img finds both the same', async (format, name, options) => {
    const image = await make(`image.${name}`, format, ...options);
    expect(await formatOf(image)).toBe(format);
    const told: number[] = [];
    expect(await convert(image, format, { onProgress: (f: number) => told.push(f) })).toBe(
      64 * MIB,
    );
    await run('qemu-img', ['compare', '-f', 'raw', '-F', 'raw', raw, at('out.raw')]);
    const { blocks, mode, size } = await stat(at('out.raw'));
    expect(size).toBe(64 * MIB);
    expect(blocks * 512).toBeLessThan(8 * MIB);
    expect(mode & 0o777).toBe(0o600);
    expect((await stat(image)).mode & 0o777).toBe(0o600);
    expect(told.at(-1)).toBe(1);
    await rm(at('out.raw'));
  });

  it('but not when the disk in it is larger than it may be', async () => {
    const image = await make('large.qcow2', 'qcow2');
    const refused = convert(image, 'qcow2', { maxBytes: 64 * MIB - 512 });
    expect(await problemOf(refused)).toMatchObject({ status: 422, code: 'image-too-large' });
    expect(await readdir(directory)).not.toContain('out.raw');
  });

  it('and says when the image is damaged, and leaves nothing', async () => {
    const image = await make('damaged.qcow2', 'qcow2');
    const file = await open(image, 'r+');
    // The table of clusters.
    await file.write(randomBytes(65536), 0, 65536, 3 * 65536);
    await file.close();
    expect((await problemOf(convert(image, 'qcow2'))).code).toBe('image-conversion-failed');
    expect(await readdir(directory)).not.toContain('out.raw');
  });

  it('and ends at once when it is given up', async () => {
    const image = await make('given-up.qcow2', 'qcow2');
    const abort = new AbortController();
    const converting = convert(image, 'qcow2', { signal: abort.signal });
    abort.abort(new Error('given up'));
    await expect(converting).rejects.toThrow('given up');
    expect(await readdir(directory)).not.toContain('out.raw');
  });
});

describe('a disk image that would have other files opened is refused unopened', () => {
  const secret = () => at('secret');
  const refused = async (path: string, code = 'image-points-elsewhere') =>
    expect((await problemOf(formatOf(path))).code).toBe(code);

  beforeAll(() => writeFile(secret(), 'x'.repeat(MIB)));

  it('a qcow2 with a backing file', async () => {
    const path = at('backed.qcow2');
    await run('qemu-img', ['create', '-f', 'qcow2', '-b', secret(), '-F', 'raw', path]);
    await refused(path);
  });

  it('a qcow2 that keeps its data in another file', async () => {
    const path = at('external.qcow2');
    const options = `data_file=${at('external.data')},data_file_raw=on`;
    await run('qemu-img', ['create', '-f', 'qcow2', '-o', options, path, '1M']);
    await refused(path);
  });

  it(
    'a qcow2 that is encrypted, or of features nobody knows',
    async () => {
      const path = at('encrypted.qcow2');
      const secretOption = ['--object', 'secret,id=s,data=abc'];
      const options = 'encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10';
      await run('qemu-img', ['create', ...secretOption, '-f', 'qcow2', '-o', options, path, '1M']);
      await refused(path, 'image-format-refused');
      const strange = await readFile(await make('strange.qcow2', 'qcow2'));
      strange.writeBigUInt64BE(1n << 40n, 72);
      await writeFile(at('strange.qcow2'), strange);
      await refused(at('strange.qcow2'), 'image-format-refused');
    },
    KEY_DERIVATION_MS,
  );

  it.each(['twoGbMaxExtentSparse', 'monolithicFlat'])('a VMDK of the kind %s', async (kind) => {
    const path = at(`${kind}.vmdk`);
    await run('qemu-img', ['create', '-f', 'vmdk', '-o', `subformat=${kind}`, path, '1M']);
    await refused(path, 'image-format-refused');
  });

  it('a VMDK that hides a description of other files behind a header', async () => {
    const content = await readFile(await make('hidden.vmdk', 'vmdk'));
    content.writeBigUInt64LE(0n, 12);
    await writeFile(at('hidden.vmdk'), content);
    await refused(at('hidden.vmdk'));
  });

  it.each([
    ['parentFileNameHint="/etc/passwd"', /ddb\.adapterType/],
    ['RW 2048 FLAT "/etc/passwd" 0', /ddb\.adapterType/],
  ])('a VMDK whose description says %s', async (line, before) => {
    const content = await readFile(await make('described.vmdk', 'vmdk'));
    const text = content.toString('latin1', 512, 512 + 2000);
    const changed = Buffer.from(text.replace(before, `\n${line}\n`), 'latin1');
    changed.copy(content, 512, 0, 2000);
    await writeFile(at('described.vmdk'), content);
    await refused(at('described.vmdk'));
  });

  it('and were one to slip through, qemu-img could still not read it', async () => {
    // As if the check of the header did not exist.
    await writeFile(secret(), randomBytes(MIB), { mode: 0o600 });
    await run('qemu-img', ['create', '-f', 'qcow2', '-b', secret(), '-F', 'raw', at('slip.qcow2')]);
    expect((await problemOf(convert(at('slip.qcow2'), 'qcow2'))).code).toBe(
      'image-points-elsewhere',
    );
  });
});

describe('what is no disk image', () => {
  it.each([
    ['gzip', Buffer.from([0x1f, 0x8b, 0x08])],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
    ['zip', Buffer.from('PK\x03\x04')],
    ['LUKS', Buffer.from('LUKS\xba\xbe', 'latin1')],
    ['VHD', Buffer.from('conectix')],
    ['qcow1', Buffer.from('QFI\xfb\0\0\0\x01'.padEnd(104, '\0'), 'latin1')],
  ])('is not taken for a raw disk: %s', async (_name, magic) => {
    const content = Buffer.concat([magic, Buffer.alloc(1024)]);
    const problem = await problemOf(diskFormat(reader(content), content.length));
    expect(problem).toMatchObject({ status: 422, code: 'image-format-refused' });
    expect(problem.hint).not.toBe('');
  });

  it('is refused also when its header is cut off', async () => {
    for (const magic of ['QFI\xfb\0\0\0\x03', 'KDMV']) {
      const content = Buffer.from(magic, 'latin1');
      expect((await problemOf(diskFormat(reader(content), content.length))).status).toBe(422);
    }
  });

  it('but anything else is', async () => {
    expect(await diskFormat(reader(Buffer.alloc(512)), 512)).toBe('raw');
    expect(await diskFormat(reader(Buffer.alloc(0)), 0)).toBe('raw');
  });
});

describe('kernels and what they unpack', () => {
  const elf = (machine: number) => {
    const head = Buffer.alloc(64);
    head.write('\x7fELF', 'latin1');
    head.writeUInt16LE(machine, 18);
    return head;
  };

  it('are told by their first bytes', () => {
    expect(kernelFormat(elf(62))).toBe('elf');
    const bzImage = Buffer.alloc(1024);
    bzImage.writeUInt16LE(0xaa55, 0x1fe);
    bzImage.write('HdrS', 0x202);
    expect(kernelFormat(bzImage)).toBe('bzimage');
    const multiboot = Buffer.alloc(4096);
    multiboot.writeUInt32LE(0x1bad_b002, 1024);
    multiboot.writeUInt32LE(2 ** 32 - 0x1bad_b002, 1032);
    expect(kernelFormat(multiboot)).toBe('multiboot');
    expect(initrdFormat(Buffer.from('070701000'))).toBe('cpio');
    expect(initrdFormat(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]))).toBe('zstd');
  });

  it.each([
    ['of another processor', elf(183)],
    ['that are none', Buffer.from('hello')],
    ['that are empty', Buffer.alloc(0)],
  ])('are refused: %s', async (_name, head) => {
    expect((await problemOf((async () => kernelFormat(head))())).code).toBe('image-format-refused');
    expect((await problemOf((async () => initrdFormat(head))())).code).toBe('image-format-refused');
  });
});
