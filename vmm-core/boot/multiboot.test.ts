import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootError } from './boot-error';
import { BootBench, protectedMode } from './testing/boot-bench';
import { type ElfParts, elfFile } from './testing/elf-file';
import { flatMultiboot, type HeaderAddresses, multibootHeader } from './testing/multiboot-file';
import { mutations } from './testing/mutations';

const MiB = 2 ** 20;
const MEMORY = 16 * MiB;
const CODE = Uint8Array.of(0xf4, 0xeb, 0xfd);
const HEADER_BYTES = 12;
const HEADER_WITH_ADDRESSES_BYTES = 32;

describe('booting a multiboot kernel', () => {
  let bench: BootBench;
  beforeEach(() => {
    bench = new BootBench(MEMORY);
  });
  afterEach(() => bench.release());

  const kernelBytes = Buffer.concat([multibootHeader(0), CODE]);
  const elf = (parts: Partial<ElfParts> = {}): Buffer =>
    elfFile({
      bits: 32,
      segments: [{ gpa: 2 * MiB, bytes: kernelBytes, memorySize: 8192 }],
      headerEntry: BigInt(2 * MiB + HEADER_BYTES),
      ...parts,
    });

  it.each([32, 64] as const)('loads a %i-bit ELF kernel and enters it', (bits) => {
    const { entry, registers } = protectedMode(bench.load(elf({ bits })));
    expect(entry).toBe(2 * MiB + HEADER_BYTES);
    expect(bench.ram.memory.readU8(entry)).toBe(0xf4);
    expect(registers.eax).toBe(0x2bad_b002);
  });

  it('enters a kernel that is linked high at its physical address', () => {
    const virtual = 0xc020_0000n;
    const segments = [
      { gpa: 4 * MiB, bytes: new Uint8Array(4), virtual: 0xd000_0000n },
      { gpa: 2 * MiB, bytes: kernelBytes, virtual },
    ];
    const { entry } = bench.load(elf({ segments, headerEntry: virtual + BigInt(HEADER_BYTES) }));
    expect(entry).toBe(2 * MiB + HEADER_BYTES);
  });

  it('loads by the addresses of the header where it has them', () => {
    const kernel = flatMultiboot(MiB, CODE, {}, { before: 64 });
    const { entry } = bench.load(kernel);
    expect(entry).toBe(MiB + HEADER_WITH_ADDRESSES_BYTES);
    expect(bench.ram.memory.readU8(entry)).toBe(0xf4);
    expect(bench.ram.memory.readU8(MiB - 1)).toBe(0);
  });

  it('loads what lies before the header too, if the header says so, and no more than it says', () => {
    const addresses = { load: MiB, header: MiB + 64, loadEnd: MiB + 64 + 33 };
    const kernel = flatMultiboot(MiB + 64, CODE, addresses, { before: 64 });
    bench.load(kernel);
    expect(bench.ram.memory.readU8(MiB)).toBe(0xee);
    expect(Buffer.from(bench.ram.memory.bytes(MiB + 64 + 32, 3))).toEqual(Buffer.of(0xf4, 0, 0));
  });

  it('goes by the addresses of the header in an ELF file as well', () => {
    const bytes = flatMultiboot(4 * MiB, CODE);
    expect(bench.load(elf({ segments: [{ gpa: 2 * MiB, bytes }] })).entry).toBe(
      4 * MiB + HEADER_WITH_ADDRESSES_BYTES,
    );
  });

  it('tells the kernel its command line, without the words for Linux, and who loaded it', () => {
    const { registers } = protectedMode(
      bench.load(elf(), { cmdline: 'one two' }, ['clearcpuid=1']),
    );
    const info = registers.ebx;
    const { memory } = bench.ram;
    // Memory sizes, command line, modules, memory map, name of the loader.
    expect(memory.readU32(info)).toBe(0b10_0100_1101);
    expect(bench.text(memory.readU32(info + 16), 8)).toBe('one two\0');
    expect(bench.text(memory.readU32(info + 64), 9)).toBe('virtdeck\0');
  });

  it('tells the kernel its memory: sizes in KiB, and the map', () => {
    const info = protectedMode(bench.load(elf())).registers.ebx;
    const { memory } = bench.ram;
    expect(memory.readU32(info + 4)).toBe(639);
    expect(memory.readU32(info + 8)).toBe((MEMORY - MiB) / 1024);
    const map = [];
    const end = memory.readU32(info + 48) + memory.readU32(info + 44);
    for (let at = memory.readU32(info + 48); at < end; at += 4 + memory.readU32(at)) {
      map.push({
        gpa: Number(memory.readU64(at + 4)),
        size: Number(memory.readU64(at + 12)),
        type: memory.readU32(at + 20),
      });
    }
    expect(map).toEqual([
      { gpa: 0, size: 0x9fc00, type: 1 },
      { gpa: 0x9fc00, size: 0x60400, type: 2 },
      { gpa: MiB, size: MEMORY - MiB, type: 1 },
      { gpa: 0xe000_0000, size: MiB, type: 2 },
    ]);
  });

  it('hands over the initrd and all modules, on page boundaries, with their command lines', () => {
    const modules = [
      { path: bench.file('a', 'first'), cmdline: 'as one' },
      { path: bench.file('b', 'second'), cmdline: 'as two' },
    ];
    const initrd = bench.file('initrd', 'initial files');
    const info = protectedMode(bench.load(elf(), { initrd, modules })).registers.ebx;
    const { memory } = bench.ram;
    const list = memory.readU32(info + 24);
    const described = Array.from({ length: memory.readU32(info + 20) }, (_, i) => {
      const start = memory.readU32(list + i * 16);
      const end = memory.readU32(list + i * 16 + 4);
      const cmdline = bench.text(memory.readU32(list + i * 16 + 8), 7).split('\0')[0];
      return { text: bench.text(start, end - start), cmdline, into: start % 4096 };
    });
    expect(described).toEqual([
      { text: 'initial files', cmdline: '', into: 0 },
      { text: 'first', cmdline: 'as one', into: 0 },
      { text: 'second', cmdline: 'as two', into: 0 },
    ]);
  });

  it('is found in the first 8 KiB, and not behind them', () => {
    const at = (before: number): Buffer => flatMultiboot(MiB, CODE, {}, { before });
    expect(bench.load(at(8192 - 12)).entry).toBe(MiB + HEADER_WITH_ADDRESSES_BYTES);
    expect(bench.refusal(at(8192 - 8)).message).toMatch(/nor a multiboot kernel/);
  });

  it('is not taken for one when the checksum is wrong or the header is misaligned', () => {
    const wrong = flatMultiboot(MiB, CODE);
    wrong[8] = (wrong[8] ?? 0) ^ 1;
    expect(bench.refusal(wrong).message).toMatch(/nor a multiboot kernel/);
    expect(bench.refusal(flatMultiboot(MiB, CODE, {}, { before: 2 })).message).toMatch(
      /nor a multiboot kernel/,
    );
  });

  it('may ask for what it gets anyway: aligned modules and memory sizes', () => {
    expect(bench.load(flatMultiboot(MiB, CODE, {}, { flags: 3 })).entry).toBeGreaterThan(MiB);
  });

  it('may have optional wishes that nobody knows', () => {
    const kernel = flatMultiboot(MiB, CODE, {}, { flags: 1 << 30 });
    expect(bench.load(kernel).entry).toBeGreaterThan(MiB);
  });

  it.each([
    ['a video mode', 1 << 2, /a video mode/],
    ['something unknown', 1 << 7, /flags 0x80/],
  ])('is refused when it asks for %s', (_what, flags, cause) => {
    expect(bench.refusal(flatMultiboot(MiB, CODE, {}, { flags })).message).toMatch(cause);
  });

  it('is refused when it has neither addresses nor ELF headers', () => {
    expect(bench.refusal(kernelBytes).message).toMatch(/no addresses/);
  });

  it.each<[string, Partial<HeaderAddresses>, RegExp]>([
    ['a beginning behind the header', { load: MiB + 4 }, /contradict/],
    ['a beginning before the file', { load: MiB - 4 }, /contradict/],
    ['an end before the beginning', { loadEnd: MiB - 1 }, /contradict/],
    ['a bss that ends inside the data', { bssEnd: MiB + 1 }, /contradict/],
    ['an end behind the file', { loadEnd: 2 * MiB }, /cut off/],
    ['a beginning below 1 MiB', { load: 0x7000, header: 0x7000 }, /below 1 MiB/],
    ['a bss past the end of memory', { bssEnd: MEMORY + 1 }, /outside the machine's/],
    ['a bss of almost 4 GiB', { bssEnd: 0xffff_ffff }, /outside the machine's/],
    ['an entry in the boot information', { entry: 0x6000 }, /entry point/],
    ['an entry behind what is loaded', { entry: MiB + 35 }, /entry point/],
  ])('is refused with %s in its header', (_what, addresses, cause) => {
    expect(bench.refusal(flatMultiboot(MiB, CODE, addresses)).message).toMatch(cause);
  });

  it('is refused when the file ends in its header', () => {
    const kernel = flatMultiboot(MiB, CODE).subarray(0, 20);
    expect(bench.refusal(kernel).message).toMatch(/cut off in its multiboot header/);
  });

  it('is refused when its entry point is above 4 GiB', () => {
    const large = new BootBench(4 * 2 ** 30);
    try {
      const gpa = 4 * 2 ** 30;
      const segments = [{ gpa, bytes: kernelBytes }];
      const kernel = elf({ bits: 64, segments, headerEntry: BigInt(gpa + HEADER_BYTES) });
      expect(large.refusal(kernel).message).toMatch(/above 4 GiB/);
    } finally {
      large.release();
    }
  });

  it.each([
    ['of one piece', flatMultiboot(MiB, CODE, { bssEnd: MiB + 8192 }, { before: 16 })],
    ['in an ELF file', elf()],
  ])('may be any bytes without harm: %s', (_what, kernel) => {
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
});
