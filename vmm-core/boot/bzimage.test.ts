import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootError } from './boot-error';
import { BootBench, longMode, refusal } from './testing/boot-bench';
import { type BzImageParts, bzImageFile } from './testing/bzimage-file';
import { mutations } from './testing/mutations';

const MiB = 2 ** 20;
const MEMORY = 16 * MiB;
const PROGRAM = Buffer.concat([Buffer.alloc(0x200, 0x90), Buffer.from([0xf4, 0xeb, 0xfd])]);

describe('booting a bzImage by the 64-bit protocol of Linux', () => {
  let bench: BootBench;
  beforeEach(() => {
    bench = new BootBench(MEMORY);
  });
  afterEach(() => bench.release());

  const image = (parts: Partial<BzImageParts> = {}): Buffer =>
    bzImageFile({ program: PROGRAM, ...parts });

  it('loads the program at its preferred address and enters 0x200 bytes into it', () => {
    const entry = longMode(bench.load(image()));
    expect(entry.entry).toBe(4 * MiB + 0x200);
    expect(Buffer.from(bench.ram.memory.bytes(entry.entry, 3)).toString('hex')).toBe('f4ebfd');
  });

  it('takes no sectors of setup for four, as it always was', () => {
    const { entry } = bench.load(image({ setupSects: 0 }));
    expect(Buffer.from(bench.ram.memory.bytes(entry, 3)).toString('hex')).toBe('f4ebfd');
  });

  it('leaves a signature behind the kernel where it is', () => {
    const { entry } = bench.load(image({ signature: Buffer.alloc(64, 0xff) }));
    const paragraph = entry + 16;
    expect(bench.ram.memory.readU8(paragraph)).toBe(0);
  });

  it.each<[string, Partial<BzImageParts>, number]>([
    ['at the next boundary where the preferred address is on none', { prefAddress: 0x40_1000n }, 6],
    ['at a boundary of its own above 1 MiB, without preference', { prefAddress: 0n }, 2],
    [
      'where it is linked, if it cannot be moved',
      { prefAddress: 0x30_0000n, relocatable: false },
      3,
    ],
    [
      'at 1 MiB, if it cannot be moved and says nothing',
      { prefAddress: 0n, relocatable: false },
      1,
    ],
  ])('lies %s', (_where, parts, mib) => {
    expect(bench.load(image(parts)).entry).toBe(mib * MiB + 0x200);
  });

  it('gets its own setup header back, and nothing of the image around it', () => {
    const { rsi } = longMode(bench.load(image()));
    const { memory } = bench.ram;
    expect(bench.text(rsi + 0x202, 4)).toBe('HdrS');
    expect(memory.readU8(rsi + 0x1f1)).toBe(1);
    expect(memory.readU32(rsi + 0x230)).toBe(2 * MiB);
    expect(memory.readU32(rsi + 0x260)).toBe(MiB);
    // The bytes before the header and the code behind it are 0xcc in the image.
    expect(memory.readU8(rsi + 0x1ef)).toBe(0);
    expect(memory.readU8(rsi + 0x26c)).toBe(0);
  });

  it('is told its loader, where it was loaded, and that there is no heap', () => {
    const { rsi } = longMode(bench.load(image({ loadflags: 0x81 })));
    const { memory } = bench.ram;
    expect(memory.readU8(rsi + 0x210)).toBe(0xff);
    expect(memory.readU8(rsi + 0x211)).toBe(0x01);
    expect(memory.readU32(rsi + 0x214)).toBe(4 * MiB);
  });

  it('is told its command line with the words of the host, initrd, ACPI and memory', () => {
    const initrd = bench.file('initrd', 'initial files');
    const rest = { initrd, cmdline: 'console=ttyS0' };
    const { rsi } = longMode(bench.load(image(), rest, ['quirk=1']));
    const { memory } = bench.ram;
    expect(bench.text(memory.readU32(rsi + 0x228), 22)).toBe('console=ttyS0 quirk=1\0');

    expect(bench.text(memory.readU32(rsi + 0x218), memory.readU32(rsi + 0x21c))).toBe(
      'initial files',
    );
    const upperHalves = [0xc0, 0xc4, 0xc8].map((at) => memory.readU32(rsi + at));
    expect(upperHalves).toEqual([0, 0, 0]);

    expect(bench.text(Number(memory.readU64(rsi + 0x70)), 8)).toBe('RSD PTR ');

    const map = Array.from({ length: memory.readU8(rsi + 0x1e8) }, (_, i) => ({
      gpa: Number(memory.readU64(rsi + 0x2d0 + i * 20)),
      size: Number(memory.readU64(rsi + 0x2d0 + i * 20 + 8)),
      type: memory.readU32(rsi + 0x2d0 + i * 20 + 16),
    }));
    expect(map).toEqual([
      { gpa: 0, size: 0x9fc00, type: 1 },
      { gpa: 0x9fc00, size: 0x60400, type: 2 },
      { gpa: MiB, size: MEMORY - MiB, type: 1 },
      { gpa: 0xe000_0000, size: MiB, type: 2 },
    ]);
  });

  it('says that there is no initrd where there is none', () => {
    const { rsi } = longMode(bench.load(image()));
    expect(bench.ram.memory.readU64(rsi + 0x218)).toBe(0n);
  });

  it('has its initrd below the address it names, if it cannot take it anywhere', () => {
    const initrd = bench.file('initrd', 'initial files');
    const kernel = image({ xloadflags: 1, initrdAddrMax: 8 * MiB - 1 });
    const { rsi } = longMode(bench.load(kernel, { initrd }));
    expect(bench.ram.memory.readU32(rsi + 0x218)).toBe(8 * MiB - 4096);
  });

  it('begins with the low 4 GiB mapped one to one', () => {
    const { pageTables } = longMode(bench.load(image()));
    const mapped = (address: number): number => translate(bench, pageTables, address);
    for (const address of [0, 0x1234, 2 * MiB, MEMORY - 1, 3 * 2 ** 30, 2 ** 32 - 1]) {
      expect(mapped(address)).toBe(address);
    }
    expect(mapped(2 ** 32)).toBe(NOT_MAPPED);
  });

  it('begins on a GDT with flat code at 0x10 and data at 0x18', () => {
    const { gdt } = longMode(bench.load(image()));
    const { memory } = bench.ram;
    // Present, code, readable, 64-bit; present, data, writable; both of 4 GiB from zero.
    expect(memory.readU64(gdt + 0x10)).toBe(0x00af_9b00_0000_ffffn);
    expect(memory.readU64(gdt + 0x18)).toBe(0x00cf_9300_0000_ffffn);
  });

  it.each<[string, Partial<BzImageParts>, RegExp, RegExp]>([
    ['of an old protocol', { version: 0x20b }, /protocol 2.11/, /vmlinux/],
    ['without 64-bit entry', { xloadflags: 0 }, /without a 64-bit entry/, /vmlinux/],
    ['that loads low', { loadflags: 0 }, /zImage/, /bzImage/],
    [
      'that wants more memory',
      { initSize: MEMORY },
      /needs memory from 0x400000 to/,
      /more memory/,
    ],
    ['that wants to be far up', { prefAddress: 1n << 40n }, /needs memory/, /more memory/],
    ['at no address', { prefAddress: (1n << 64n) - 1n }, /impossible address/, /./],
    ['below 1 MiB', { prefAddress: 4096n, relocatable: false }, /needs memory from 0x1000/, /./],
    ['aligned to nothing', { alignment: 0 }, /no power of two/, /./],
    ['aligned to three pages', { alignment: 0x3000 }, /no power of two/, /./],
    ['of no code', { program: Buffer.alloc(0x200) }, /cut off/, /./],
  ])('refuses a kernel %s', (_what, parts, cause, hint) => {
    const refused = bench.refusal(image(parts));
    expect(refused.message).toMatch(cause);
    expect(refused.hint).toMatch(hint);
  });

  it.each([
    ['in its setup header', 0x210],
    ['before its entry point', 1024 + 0x200],
    ['behind its entry point', 1024 + 0x220],
  ])('refuses one cut off %s', (_where, length) => {
    const kernel = image({ program: Buffer.concat([PROGRAM, Buffer.alloc(64)]) });
    expect(bench.refusal(kernel.subarray(0, length)).message).toMatch(/cut off/);
  });

  it('refuses modules, which the protocol does not have', () => {
    const modules = [{ path: bench.file('a', 'first'), cmdline: '' }];
    expect(bench.refusal(image(), { modules }).message).toMatch(/modules/);
  });

  it('refuses an initrd that would lie in the memory the kernel unpacks to', () => {
    const initrd = bench.file('initrd', new Uint8Array(4 * MiB));
    expect(bench.refusal(image({ initSize: 9 * MiB }), { initrd }).message).toMatch(/do not fit/);
  });

  it('refuses a command line longer than the kernel takes', () => {
    const kernel = image({ cmdlineSize: 10 });
    bench.load(kernel, { cmdline: '0123456789' });
    const long = refusal(() => bench.load(kernel, { cmdline: '01234' }, ['56789']));
    expect(long.message).toMatch(/takes 11 bytes.*10 fit/);
  });

  it('takes any bytes for a bzImage without harm', () => {
    // Most changes shall hit the header.
    const kernel = image();
    const header = mutations(kernel.subarray(0x1f0, 0x270));
    const whole = header.map((bytes) =>
      Buffer.concat([kernel.subarray(0, 0x1f0), bytes, kernel.subarray(0x270)]),
    );
    let loaded = 0;
    fc.assert(
      fc.property(fc.oneof(whole, mutations(kernel)), (bytes) => {
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

const NOT_MAPPED = -1;
const PRESENT = 1n;
const LARGE = 0x80n;

/** Walks page tables as the processor does, for 2 MiB pages; SDM 3A, 4.5. */
function translate({ ram }: BootBench, pageTables: number, address: number): number {
  let table = pageTables;
  for (const shift of [39, 30, 21]) {
    const index = Math.floor(address / 2 ** shift) % 512;
    const entry = ram.memory.readU64(table + index * 8);
    if ((entry & PRESENT) === 0n) return NOT_MAPPED;
    table = Number(entry & ~0xfffn);
    if ((entry & LARGE) !== 0n) return table + (address % 2 ** shift);
  }
  return NOT_MAPPED;
}
