import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootError } from './boot-error';
import { BootBench, protectedMode, refusal } from './testing/boot-bench';
import { type ElfParts, elfFile } from './testing/elf-file';
import { multibootHeader } from './testing/multiboot-file';
import { mutations } from './testing/mutations';

const MiB = 2 ** 20;
const MEMORY = 16 * MiB;
const CODE = Uint8Array.of(0xf4, 0xeb, 0xfd);

describe('booting a kernel by PVH', () => {
  let bench: BootBench;
  beforeEach(() => {
    bench = new BootBench(MEMORY);
  });
  afterEach(() => bench.release());

  const good: ElfParts = { segments: [{ gpa: MiB, bytes: CODE, memorySize: 4096 }], entry: MiB };

  it('puts segments where they belong and enters at the note', () => {
    expect(bench.load(elfFile(good)).entry).toBe(MiB);
    expect(Buffer.from(bench.ram.memory.bytes(MiB, 4)).toString('hex')).toBe('f4ebfd00');
  });

  it('takes 32-bit kernels too', () => {
    expect(bench.load(elfFile({ ...good, bits: 32 })).entry).toBe(MiB);
    expect(Buffer.from(bench.ram.memory.bytes(MiB, 3)).toString('hex')).toBe('f4ebfd');
  });

  it('is what a kernel with a multiboot header is booted by as well', () => {
    const bytes = Buffer.concat([multibootHeader(0), CODE]);
    const entry = bench.load(elfFile({ ...good, segments: [{ gpa: MiB, bytes }] }));
    expect(bench.ram.memory.readU32(protectedMode(entry).registers.ebx)).toBe(0x336e_c578);
  });

  it('hands over command line, initrd and memory map', () => {
    const initrd = bench.file('initrd', 'initial files');
    const rest = { initrd, cmdline: 'console=ttyS0' };
    const entry = protectedMode(bench.load(elfFile(good), rest, ['quirk=1']));
    const { memory } = bench.ram;
    const startInfo = entry.registers.ebx;
    expect(entry.registers.eax).toBeUndefined();
    expect(memory.readU32(startInfo)).toBe(0x336e_c578);
    expect(memory.readU32(startInfo + 4)).toBe(1);

    const cmdline = Number(memory.readU64(startInfo + 24));
    expect(bench.text(cmdline, 22)).toBe('console=ttyS0 quirk=1\0');

    expect(memory.readU32(startInfo + 12)).toBe(1);
    const module = Number(memory.readU64(startInfo + 16));
    const at = Number(memory.readU64(module));
    expect(at % 4096).toBe(0);
    expect(bench.text(at, 13)).toBe('initial files');
    expect(memory.readU64(module + 8)).toBe(13n);

    const rsdp = Number(memory.readU64(startInfo + 32));
    expect(bench.text(rsdp, 8)).toBe('RSD PTR ');

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

  it('hands over modules behind the initrd, each with its command line', () => {
    const modules = [
      { path: bench.file('a', 'first'), cmdline: 'as one' },
      { path: bench.file('b', 'second'), cmdline: '' },
    ];
    const initrd = bench.file('initrd', 'initial files');
    const entry = protectedMode(bench.load(elfFile(good), { initrd, modules }));
    const { memory } = bench.ram;
    const list = Number(memory.readU64(entry.registers.ebx + 16));
    const described = Array.from({ length: memory.readU32(entry.registers.ebx + 12) }, (_, i) => {
      const [gpa, size, cmdline] = [0, 8, 16].map((at) =>
        Number(memory.readU64(list + i * 32 + at)),
      );
      return `${bench.text(gpa ?? 0, size ?? 0)}: ${bench.text(cmdline ?? 0, 7).split('\0')[0]}`;
    });
    expect(described).toEqual(['initial files: ', 'first: as one', 'second: ']);
  });

  it('says that there is no module where there is none', () => {
    const { ebx } = protectedMode(bench.load(elfFile(good))).registers;
    expect(bench.ram.memory.readU32(ebx + 12)).toBe(0);
    expect(bench.ram.memory.readU64(ebx + 16)).toBe(0n);
  });

  it.each<[string, Uint8Array | (() => Uint8Array), RegExp]>([
    [
      'a 32-bit ELF that says it is for 64 bits',
      () => patched((b) => b.writeUInt8(1, 4)),
      /not for x86/,
    ],
    ['an ELF of another machine', () => patched((b) => b.writeUInt16LE(183, 18)), /not for x86/],
    ['a big-endian ELF', () => patched((b) => b.writeUInt8(2, 5)), /not for x86/],
    ['a file without PVH entry', elfFile({ segments: good.segments }), /neither a PVH note/],
    ['a note of another owner', elfFile({ ...good, noteName: 'GNU' }), /neither a PVH note/],
    ['a file with nothing to load', elfFile({ segments: [], entry: MiB }), /nothing to load/],
    ['half an ELF header', elfFile(good).subarray(0, 40), /cut off in its ELF header/],
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
    const refused = bench.refusal(bytes);
    expect(refused.message).toMatch(cause);
    expect(refused.hint).not.toBe('');
  });

  it('refuses an initrd that does not fit above the kernel', () => {
    const initrd = bench.file('initrd', new Uint8Array(MEMORY - MiB));
    expect(bench.refusal(elfFile(good), { initrd }).message).toMatch(/do not fit/);
  });

  it('refuses a module that does not fit beside the initrd', () => {
    const initrd = bench.file('initrd', new Uint8Array(MEMORY / 2));
    const modules = [{ path: initrd, cmdline: '' }];
    expect(bench.refusal(elfFile(good), { initrd, modules }).message).toMatch(
      /^module 0: .* do not fit/,
    );
  });

  it('refuses an initrd larger than memory', () => {
    const initrd = bench.file('sparse', '');
    fs.truncateSync(initrd, 100 * 2 ** 30);
    expect(bench.refusal(elfFile(good), { initrd }).message).toMatch(/do not fit/);
  });

  it('refuses an empty initrd', () => {
    const initrd = bench.file('initrd', '');
    expect(bench.refusal(elfFile(good), { initrd }).message).toMatch(/empty/);
  });

  it('refuses a command line that the words of the host make too long', () => {
    const rest = { cmdline: 'x'.repeat(2000) };
    const long = refusal(() => bench.load(elfFile(good), rest, ['y'.repeat(100)]));
    expect(long.message).toMatch(/command line/);
  });

  it.each([32, 64] as const)('takes any bytes for a %i-bit ELF kernel without harm', (bits) => {
    const kernel = elfFile({ ...good, bits });
    let loaded = 0;
    fc.assert(
      fc.property(mutations(kernel), (bytes) => {
        try {
          bench.load(bytes);
          loaded++;
        } catch (error) {
          expect(error).toBeInstanceOf(BootError);
        }
      }),
      { numRuns: 500 },
    );
    expect(loaded).toBeGreaterThan(0);
  });

  function patched(change: (bytes: Buffer) => void): Buffer {
    const bytes = elfFile(good);
    change(bytes);
    return bytes;
  }
});

describe('what is no kernel', () => {
  let bench: BootBench;
  beforeEach(() => {
    bench = new BootBench(MEMORY);
  });
  afterEach(() => bench.release());

  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', Buffer.alloc(0), /is empty/],
    ['a single byte', Buffer.from('x'), /neither an ELF file, nor/],
    ['a script', Buffer.from('#!/bin/sh\n'.repeat(20)), /a script/],
    ['a compressed kernel', gzipSync(CODE), /compressed by gzip/],
    ['zeros', Buffer.alloc(100_000), /neither an ELF file, nor/],
  ])('is refused, saying what it is and what may be given: %s', (_what, bytes, cause) => {
    const refused = bench.refusal(bytes);
    expect(refused.message).toMatch(cause);
    expect(refused.hint).toMatch(/vmlinux.*bzImage.*multiboot/);
  });

  it('is a file that is not there', () => {
    expect(bench.refusal(CODE, { kernel: '/nowhere/vmlinux' }).message).toMatch(/ENOENT/);
  });

  it('is a directory', () => {
    expect(bench.refusal(CODE, { kernel: os.tmpdir() }).message).toMatch(/not a file/);
  });

  it('is a pipe, and nobody waits for its writer', () => {
    const pipe = `${bench.file('beside', '')}.pipe`;
    execFileSync('mkfifo', [pipe]);
    expect(bench.refusal(CODE, { kernel: pipe }).message).toMatch(/not a file/);
  });
});
