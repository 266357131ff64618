import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GiB, HOLE_END, HOLE_START, ramRegions } from './address-space';
import { GuestAddressError, GuestRam } from './guest-memory';
import { HUGE_PAGE } from './page-kind';

const MiB = 2 ** 20;

describe('where RAM lies', () => {
  it('is one region below the hole', () => {
    expect(ramRegions(64 * MiB)).toEqual([{ gpa: 0, size: 64 * MiB, offset: 0 }]);
    expect(ramRegions(HOLE_START)).toHaveLength(1);
  });

  it('goes on at 4 GiB with what does not fit under the hole', () => {
    expect(ramRegions(5 * GiB)).toEqual([
      { gpa: 0, size: HOLE_START, offset: 0 },
      { gpa: HOLE_END, size: 2 * GiB, offset: HOLE_START },
    ]);
  });
});

describe('guest memory', () => {
  let ram: GuestRam;
  beforeEach(() => {
    ram = new GuestRam(6 * GiB);
  });
  afterEach(() => ram.release());

  it('costs nothing until it is touched', () => {
    expect(ram.residentBytes()).toBe(0);
    ram.memory.writeU8(5 * GiB, 1);
    expect(ram.residentBytes()).toBe(4096);
  });

  it('is zero at first and keeps what is written, little-endian', () => {
    const { memory } = ram;
    expect(memory.readU64(MiB)).toBe(0n);
    memory.writeU64(MiB, 0x0102_0304_0506_0708n);
    expect(memory.readU8(MiB)).toBe(8);
    expect(memory.readU32(MiB + 4)).toBe(0x0102_0304);
  });

  it.each([
    ['below the hole', HOLE_START - 8],
    ['above the hole', HOLE_END],
    ['across a GiB', GiB - 4],
    ['at the end', HOLE_END + 3 * GiB - 8],
  ])('is the same memory by number and by bytes %s', (_where, gpa) => {
    ram.memory.writeU64(gpa, 0x1122_3344_5566_7788n);
    expect(Buffer.from(ram.memory.bytes(gpa, 8)).readBigUInt64LE()).toBe(0x1122_3344_5566_7788n);
  });

  it('hands out ranges of any length within a region', () => {
    const bytes = ram.memory.bytes(GiB - 8192, 16384);
    expect(bytes).toHaveLength(16384);
    bytes.fill(7);
    expect(ram.memory.readU8(GiB + 8191)).toBe(7);
  });

  it.each([
    ['into the hole', HOLE_START - 4, 8],
    ['inside the hole', HOLE_START + MiB, 1],
    ['past the end', HOLE_END + 3 * GiB - 1, 2],
    ['before the beginning', -1, 1],
    ['with an address that wraps', 2 ** 64, 1],
    ['with a length that is too long', 0, 7 * GiB],
    ['with no number', Number.NaN, 4],
  ])('refuses an access %s', (_what, gpa, length) => {
    expect(() => ram.memory.bytes(gpa, length)).toThrow(GuestAddressError);
    expect(() => ram.memory.hostAddress(gpa, length)).toThrow(GuestAddressError);
    expect(ram.memory.contains(gpa, length)).toBe(false);
  });

  it('refuses numbers that reach past the end of a region', () => {
    expect(() => ram.memory.readU32(HOLE_START - 3)).toThrow(GuestAddressError);
    expect(() => ram.memory.writeU64(HOLE_START - 7, 0n)).toThrow(GuestAddressError);
  });
});

describe('the pages behind guest memory', () => {
  it.each(['small', 'transparent'] as const)('go back to the host (%s)', (pages) => {
    const ram = new GuestRam(8 * MiB, pages);
    ram.memory.bytes(2 * MiB, 4 * MiB).fill(7);
    const before = ram.residentBytes();
    expect(before).toBeGreaterThanOrEqual(4 * MiB);
    expect(ram.memory.discard(3 * MiB, 2 * MiB)).toBe(true);
    expect(before - ram.residentBytes()).toBe(2 * MiB);
    expect(ram.memory.readU8(4 * MiB)).toBe(0);
    expect(ram.memory.readU8(3 * MiB - 1)).toBe(7);
    ram.release();
  });

  const thp = '/sys/kernel/mm/transparent_hugepage/enabled';
  const joins = fs.existsSync(thp) && !fs.readFileSync(thp, 'utf8').includes('[never]');
  it.skipIf(!joins)('are joined to huge ones by the host', () => {
    const ram = new GuestRam(64 * MiB, 'transparent');
    ram.memory.bytes(0, 64 * MiB).fill(1);
    const [, of = ''] = fs
      .readFileSync('/proc/self/smaps', 'utf8')
      .split(new RegExp(`^${ram.handle.address.toString(16)}-`, 'm')) as string[];
    const hugeKiB = Number(/AnonHugePages: +(\d+) kB/.exec(of)?.[1]);
    expect(hugeKiB * 1024).toBeGreaterThanOrEqual(HUGE_PAGE);
    ram.release();
  });

  const pool = '/proc/sys/vm/nr_hugepages';
  const isAdministrator = process.getuid?.() === 0;
  it.skipIf(!isAdministrator)('come from the pool of huge pages, or there is no machine', () => {
    const before = fs.readFileSync(pool, 'utf8');
    fs.writeFileSync(pool, '4');
    try {
      const got = Number(fs.readFileSync(pool, 'utf8'));
      const ram = new GuestRam(got * HUGE_PAGE, 'hugetlb');
      expect(() => new GuestRam(HUGE_PAGE, 'hugetlb')).toThrow('ENOMEM');
      ram.memory.writeU8(HUGE_PAGE + 5, 7);
      expect(ram.residentBytes()).toBe(HUGE_PAGE);
      ram.release();
    } finally {
      fs.writeFileSync(pool, before);
    }
  });
});
