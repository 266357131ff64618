import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuestRam } from '../memory/guest-memory';
import { BootError } from './boot-error';
import { loadKernel } from './load';
import { type ElfParts, elfFile } from './testing/elf-file';

const MiB = 2 ** 20;
const MEMORY = 16 * MiB;
const CODE = Uint8Array.of(0xf4, 0xeb, 0xfd);

describe('booting a kernel by PVH', () => {
  let directory: string;
  let ram: GuestRam;

  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'boot-'));
    ram = new GuestRam(MEMORY);
  });
  afterEach(() => {
    ram.release();
    fs.rmSync(directory, { recursive: true });
  });

  const file = (name: string, bytes: Uint8Array): string => {
    const at = path.join(directory, name);
    fs.writeFileSync(at, bytes);
    return at;
  };
  const boot = (kernel: Uint8Array, rest: { initrd?: string; cmdline?: string } = {}) =>
    loadKernel(ram, { kernel: file('kernel', kernel), cmdline: '', ...rest }, 1, []);
  const good: ElfParts = { segments: [{ gpa: MiB, bytes: CODE, memorySize: 4096 }], entry: MiB };

  it('puts segments where they belong and enters at the note', () => {
    const { entry } = boot(elfFile(good));
    expect(entry).toBe(MiB);
    expect(Buffer.from(ram.memory.bytes(MiB, 4)).toString('hex')).toBe('f4ebfd00');
  });

  it('hands over command line, initrd and memory map', () => {
    const initrd = file('initrd', Buffer.from('initial files'));
    const words = ['quirk=1'];
    const config = { kernel: file('kernel', elfFile(good)), initrd, cmdline: 'console=ttyS0' };
    const { startInfo } = loadKernel(ram, config, 1, words);
    const { memory } = ram;
    expect(memory.readU32(startInfo)).toBe(0x336e_c578);
    expect(memory.readU32(startInfo + 4)).toBe(1);

    const cmdline = Number(memory.readU64(startInfo + 24));
    expect(Buffer.from(memory.bytes(cmdline, 22)).toString()).toBe('console=ttyS0 quirk=1\0');

    expect(memory.readU32(startInfo + 12)).toBe(1);
    const module = Number(memory.readU64(startInfo + 16));
    const at = Number(memory.readU64(module));
    expect(at % 4096).toBe(0);
    expect(Buffer.from(memory.bytes(at, 13)).toString()).toBe('initial files');
    expect(memory.readU64(module + 8)).toBe(13n);

    const map = Number(memory.readU64(startInfo + 40));
    const entries = Array.from({ length: memory.readU32(startInfo + 48) }, (_, i) => ({
      gpa: Number(memory.readU64(map + i * 24)),
      size: Number(memory.readU64(map + i * 24 + 8)),
      type: memory.readU32(map + i * 24 + 16),
    }));
    expect(entries).toEqual([
      { gpa: 0, size: 0x9fc00, type: 1 },
      { gpa: 0x9fc00, size: 0x60400, type: 2 },
      { gpa: MiB, size: MEMORY - MiB, type: 1 },
      // The memory-mapped configuration space of PCI.
      { gpa: 0xe000_0000, size: 0x10_0000, type: 2 },
    ]);
  });

  it.each<[string, Uint8Array | (() => Uint8Array), RegExp]>([
    ['an empty file', Buffer.alloc(0), /no ELF/],
    ['text', Buffer.from('#!/bin/sh\n'.repeat(20)), /no ELF/],
    ['a 32-bit ELF', () => patched((b) => b.writeUInt8(1, 4)), /not for 64-bit x86/],
    ['an ELF of another machine', () => patched((b) => b.writeUInt16LE(183, 18)), /not for 64-bit/],
    ['a file without PVH entry', elfFile({ segments: good.segments }), /no PVH entry/],
    ['a note of another owner', elfFile({ ...good, noteName: 'GNU' }), /no PVH entry/],
    ['a file with nothing to load', elfFile({ segments: [], entry: MiB }), /nothing to load/],
    ['headers past the end', () => patched((b) => b.writeBigUInt64LE(1n << 40n, 32)), /cut off/],
    [
      'an impossible address',
      () => patched((b) => b.writeBigUInt64LE((1n << 64n) - 1n, 64 + 24)),
      /impossible/,
    ],
    [
      'a segment longer in the file',
      () => patched((b) => b.writeBigUInt64LE(1n, 64 + 40)),
      /longer in the file/,
    ],
    ['a truncated segment', () => elfFile(good).subarray(0, 64 + 2 * 56 + 1), /cut off/],
    [
      'a segment below 1 MiB',
      elfFile({ ...good, segments: [{ gpa: 0x7000, bytes: CODE }] }),
      /below 1 MiB/,
    ],
    [
      'a segment outside memory',
      elfFile({ ...good, segments: [{ gpa: MEMORY - 1, bytes: CODE }] }),
      /outside the machine's/,
    ],
    [
      'a segment that ends outside',
      elfFile({ ...good, segments: [{ gpa: MiB, bytes: CODE, memorySize: MEMORY }] }),
      /outside the machine's/,
    ],
    [
      'overlapping segments',
      elfFile({ entry: MiB, segments: [...good.segments, { gpa: MiB + 4095, bytes: CODE }] }),
      /overlaps/,
    ],
    ['an entry outside its segments', elfFile({ ...good, entry: 8 * MiB }), /entry point/],
  ])('refuses %s with the cause and the next step', (_what, kernel, cause) => {
    const bytes = typeof kernel === 'function' ? kernel() : kernel;
    const refused = refusal(() => boot(bytes));
    expect(refused.message).toMatch(cause);
    expect(refused.hint).not.toBe('');
  });

  it('refuses a kernel that is not there', () => {
    const gone = { kernel: path.join(directory, 'gone'), cmdline: '' };
    expect(refusal(() => loadKernel(ram, gone, 1, [])).message).toMatch(/ENOENT/);
  });

  it('refuses an initrd that does not fit above the kernel', () => {
    const initrd = file('initrd', new Uint8Array(MEMORY - MiB));
    expect(refusal(() => boot(elfFile(good), { initrd })).message).toMatch(/do not fit/);
  });

  it('refuses an initrd larger than memory', () => {
    const initrd = path.join(directory, 'sparse');
    fs.writeFileSync(initrd, '');
    fs.truncateSync(initrd, 100 * 2 ** 30);
    expect(refusal(() => boot(elfFile(good), { initrd })).message).toMatch(/do not fit/);
  });

  it('refuses an empty initrd', () => {
    const initrd = file('initrd', new Uint8Array(0));
    expect(refusal(() => boot(elfFile(good), { initrd })).message).toMatch(/empty/);
  });

  it('refuses a command line that the words of the host make too long', () => {
    const kernel = file('kernel', elfFile(good));
    const config = { kernel, cmdline: 'x'.repeat(2000) };
    const long = refusal(() => loadKernel(ram, config, 1, ['y'.repeat(100)]));
    expect(long.message).toMatch(/command line/);
  });

  it('takes any bytes for a kernel without harm', () => {
    const header = elfFile(good);
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(header.length - 1), value: fc.nat(255) }), {
          maxLength: 12,
        }),
        (changes) => {
          const bytes = Buffer.from(header);
          for (const { at, value } of changes) bytes[at] = value;
          try {
            boot(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(BootError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  function patched(change: (bytes: Buffer) => void): Buffer {
    const bytes = elfFile(good);
    change(bytes);
    return bytes;
  }
});

function refusal(run: () => unknown): BootError {
  try {
    run();
  } catch (error) {
    if (error instanceof BootError) return error;
    throw error;
  }
  throw new Error('was not refused');
}
