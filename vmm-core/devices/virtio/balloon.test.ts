import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GuestRam } from '../../memory/guest-memory';
import { HUGE_PAGE, SMALL_PAGE } from '../../memory/page-kind';
import {
  type BalloonOptions,
  VIRTIO_BALLOON_F_DEFLATE_ON_OOM,
  VIRTIO_BALLOON_F_REPORTING,
  VIRTIO_BALLOON_F_STATS_VQ,
  VirtioBalloon,
} from './balloon';
import { TestDriver } from './testing/driver';
import { hostileChains, offerHostile, turns } from './testing/hostile-chains';

const MiB = 2 ** 20;
const PAGE = 4096;
const RAM_PAGES = (16 * MiB) / PAGE;
/** Above the drivers' rings and buffers. */
const FIRST = (8 * MiB) / PAGE;
const ALL = VIRTIO_BALLOON_F_STATS_VQ | VIRTIO_BALLOON_F_REPORTING;
const [INFLATE, DEFLATE, STATS, REPORTING] = [0, 1, 2, 3] as const;

const OPTIONS: BalloonOptions = {
  name: 'balloon',
  targetBytes: 0,
  deflateOnOom: true,
  reporting: true,
  statsIntervalSeconds: 0,
  hostPage: SMALL_PAGE,
};

function list(...pages: readonly number[]): Buffer {
  const bytes = Buffer.alloc(pages.length * 4);
  for (const [i, page] of pages.entries()) bytes.writeUInt32LE(page, i * 4);
  return bytes;
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

function stats(...values: readonly (readonly [number, bigint])[]): Buffer {
  const bytes = Buffer.alloc(values.length * 10);
  values.forEach(([tag, value], i) => {
    bytes.writeUInt16LE(tag, i * 10);
    bytes.writeBigUInt64LE(value, i * 10 + 2);
  });
  return bytes;
}

describe('the memory balloon', () => {
  let ram: GuestRam;
  let drivers: TestDriver[];
  let balloon: VirtioBalloon;
  let configChanges: number;

  const driver = (queue: number): TestDriver => drivers[queue] as TestDriver;
  const connect = (features = ALL, indexes: readonly number[] = [0, 1, 2, 3]): void => {
    drivers = range(0, 4).map((i) => new TestDriver(16, {}, ram, i * 2 * MiB));
    const queues = range(0, 5).map((i) => {
      const at = indexes.indexOf(i);
      return at < 0 ? undefined : driver(at).queue;
    });
    balloon.activate({ memory: ram.memory, features, queues });
  };
  const start = (options: Partial<BalloonOptions> = {}): void => {
    balloon = new VirtioBalloon({ ...OPTIONS, ...options });
    balloon.attach({
      configChanged: () => {
        configChanges += 1;
      },
    });
    connect();
  };
  /** Pages that hold something, and so have memory of the host. */
  const touch = (first: number, count: number): void => {
    ram.memory.bytes(first * PAGE, count * PAGE).fill(0xaa);
  };
  const isKept = (page: number): boolean => ram.memory.readU8(page * PAGE + PAGE - 1) === 0xaa;
  const count = (name: string): number | undefined => balloon.counters()[name];

  beforeEach(() => {
    ram = new GuestRam(16 * MiB);
    configChanges = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
    balloon.reset();
    balloon.close();
    ram.release();
  });

  describe('its target', () => {
    it('is in the configuration, and a change is told', () => {
      start({ targetBytes: 5 * PAGE });
      expect(Buffer.from(balloon.config).readUInt32LE(0)).toBe(5);
      balloon.setTarget(MiB + 1);
      expect(Buffer.from(balloon.config).readUInt32LE(0)).toBe(256);
      expect(balloon.targetBytes).toBe(MiB);
      expect(configChanges).toBe(1);
      balloon.setTarget(MiB);
      expect(configChanges).toBe(1);
    });

    it.each([-1, Number.NaN, 2 ** 44])('cannot be %s bytes', (bytes) => {
      start();
      expect(() => balloon.setTarget(bytes)).toThrow(RangeError);
      expect(balloon.targetBytes).toBe(0);
    });

    it('is the device’s; what was reached the driver writes, in any width', () => {
      start({ targetBytes: 5 * PAGE });
      balloon.writeConfig(4, 4, 0x8000_0001);
      expect(balloon.actualBytes).toBe(0x8000_0001 * PAGE);
      balloon.writeConfig(6, 2, 3);
      balloon.writeConfig(0, 4, 99);
      balloon.writeConfig(3, 1, 99);
      expect(balloon.actualBytes).toBe(0x3_0001 * PAGE);
      expect(balloon.targetBytes).toBe(5 * PAGE);
    });
  });

  it('offers what it was given', () => {
    start();
    expect(balloon.features).toBe(ALL | VIRTIO_BALLOON_F_DEFLATE_ON_OOM);
    balloon.close();
    start({ deflateOnOom: false, reporting: false });
    expect(balloon.features).toBe(VIRTIO_BALLOON_F_STATS_VQ);
  });

  describe('inflating', () => {
    const inflate = (...pages: readonly number[]): number => {
      const head = driver(INFLATE).send({ data: list(...pages) });
      balloon.notify(INFLATE);
      return head;
    };

    it('gives the pages back to the host, whatever their order', () => {
      start();
      touch(FIRST, 64);
      const before = ram.residentBytes();
      const pages = range(FIRST, 64).filter((page) => page % 8 !== 0);
      const head = inflate(...pages.reverse());
      expect(driver(INFLATE).takeUsed()).toEqual([{ head, written: 0 }]);
      expect(before - ram.residentBytes()).toBeGreaterThanOrEqual(56 * PAGE - 8 * PAGE);
      expect(range(FIRST, 64).filter(isKept)).toEqual(range(0, 8).map((i) => FIRST + i * 8));
      expect(count('inflatedBytes')).toBe(56 * PAGE);
      expect(count('releasedBytes')).toBe(56 * PAGE);
    });

    it('takes the first and the last page, and one that is named twice', () => {
      start();
      touch(RAM_PAGES - 1, 1);
      inflate(RAM_PAGES - 1, FIRST, RAM_PAGES - 1, FIRST);
      expect(driver(INFLATE).takeUsed()).toHaveLength(1);
      expect(isKept(RAM_PAGES - 1)).toBe(false);
      expect(count('releasedBytes')).toBe(2 * PAGE);
    });

    it('goes through a long list in turns', async () => {
      start();
      touch(FIRST, 2048);
      inflate(...range(FIRST, 1500));
      expect(driver(INFLATE).takeUsed()).toEqual([]);
      await turns();
      expect(driver(INFLATE).takeUsed()).toHaveLength(1);
      expect(isKept(FIRST + 1499)).toBe(false);
      expect(isKept(FIRST + 1500)).toBe(true);
      expect(count('inflatedBytes')).toBe(1500 * PAGE);
    });

    it('knows a list that is cut into buffers anywhere', () => {
      start();
      touch(FIRST, 2);
      const bytes = list(FIRST, FIRST + 1);
      driver(INFLATE).send({ data: bytes.subarray(0, 3) }, { data: bytes.subarray(3) });
      balloon.notify(INFLATE);
      expect([FIRST, FIRST + 1].some(isKept)).toBe(false);
    });

    it.each([
      ['behind the end of RAM', RAM_PAGES],
      ['where no address reaches', 0xffff_ffff],
    ])('breaks the queue over a page %s', (_where, page) => {
      start();
      touch(FIRST, 1);
      inflate(page);
      expect(driver(INFLATE).takeUsed()).toEqual([]);
      expect(driver(INFLATE).brokenBy).toContain('not RAM');
      expect(isKept(FIRST)).toBe(true);
    });

    it('breaks the queue over half a number, and over a buffer to write', () => {
      start();
      driver(INFLATE).send({ data: 'abcde' });
      balloon.notify(INFLATE);
      expect(driver(INFLATE).brokenBy).toContain('in half');
      balloon.reset();
      connect();
      driver(INFLATE).send({ space: 8 });
      balloon.notify(INFLATE);
      expect(driver(INFLATE).brokenBy).toContain('to write');
    });

    it('ends with a reset, in the middle of a list', async () => {
      start();
      touch(FIRST, 2048);
      inflate(...range(FIRST, 2048));
      balloon.reset();
      await turns();
      expect(isKept(FIRST + 1023)).toBe(false);
      expect(isKept(FIRST + 1024)).toBe(true);
      expect(driver(INFLATE).takeUsed()).toEqual([]);
      connect();
      inflate(FIRST + 2000);
      expect(driver(INFLATE).takeUsed()).toHaveLength(1);
      expect(isKept(FIRST + 2000)).toBe(false);
    });
  });

  it('lets the guest have pages again, and touches none of them', () => {
    start();
    touch(FIRST, 2);
    const head = driver(DEFLATE).send({ data: list(FIRST, FIRST + 1) });
    balloon.notify(DEFLATE);
    expect(driver(DEFLATE).takeUsed()).toEqual([{ head, written: 0 }]);
    expect(isKept(FIRST)).toBe(true);
    expect(count('deflatedBytes')).toBe(2 * PAGE);
  });

  it('is empty after a reset, and keeps its target', () => {
    start({ targetBytes: MiB });
    balloon.writeConfig(4, 4, 7);
    balloon.reset();
    expect(balloon.actualBytes).toBe(0);
    expect(balloon.targetBytes).toBe(MiB);
  });

  describe('statistics', () => {
    const give = (...values: readonly (readonly [number, bigint])[]): number => {
      const head = driver(STATS).send({ data: stats(...values) });
      balloon.notify(STATS);
      return head;
    };
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    });

    it('are read when they come, and asked for again after the interval', () => {
      start({ statsIntervalSeconds: 5 });
      const head = give([4, 123n * 4096n], [5, 2n ** 33n], [0, 0n]);
      expect(count('guestFreeBytes')).toBe(123 * 4096);
      expect(count('guestTotalBytes')).toBe(2 ** 33);
      expect(count('guestSwapInBytes')).toBe(0);
      expect(count('guestMajorFaults')).toBeUndefined();
      vi.advanceTimersByTime(4999);
      expect(driver(STATS).takeUsed()).toEqual([]);
      vi.advanceTimersByTime(1);
      expect(driver(STATS).takeUsed()).toEqual([{ head, written: 0 }]);
      vi.advanceTimersByTime(20_000);
      expect(driver(STATS).takeUsed()).toEqual([]);
      give([4, 7n]);
      expect(count('guestFreeBytes')).toBe(7);
      expect(count('statsRead')).toBe(2);
    });

    it('are asked for at another interval, or not at all', () => {
      start({ statsIntervalSeconds: 5 });
      give([4, 1n]);
      balloon.setStatsInterval(1);
      vi.advanceTimersByTime(1000);
      expect(driver(STATS).takeUsed()).toHaveLength(1);
      give([4, 2n]);
      balloon.setStatsInterval(0);
      vi.advanceTimersByTime(100_000);
      expect(driver(STATS).takeUsed()).toEqual([]);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('hold no more than their tags: unknown ones and cut ones are left out', () => {
      start();
      const cut = stats([4, 1n], [5, 2n]).subarray(0, 19);
      driver(STATS).send({ data: Buffer.concat([stats([16, 1n], [0xffff, 9n]), cut]) });
      balloon.notify(STATS);
      expect(count('guestFreeBytes')).toBe(1);
      expect(count('guestTotalBytes')).toBeUndefined();
      expect(driver(STATS).brokenBy).toBeUndefined();
    });

    it('that never end are read from the beginning only', () => {
      start();
      const many = range(0, 1000).map(() => [4, 1n] as const);
      driver(STATS).send({ data: stats(...many, [5, 1n]) });
      balloon.notify(STATS);
      expect(count('guestFreeBytes')).toBe(1);
      expect(count('guestTotalBytes')).toBeUndefined();
    });

    it('come one buffer after the other, even from a driver that gives two', () => {
      start({ statsIntervalSeconds: 1 });
      const first = give([4, 1n]);
      const second = give([4, 2n]);
      expect(count('guestFreeBytes')).toBe(1);
      vi.advanceTimersByTime(1000);
      expect(driver(STATS).takeUsed()).toEqual([{ head: first, written: 0 }]);
      expect(count('guestFreeBytes')).toBe(2);
      vi.advanceTimersByTime(1000);
      expect(driver(STATS).takeUsed()).toEqual([{ head: second, written: 0 }]);
    });

    it('in a buffer to write break the queue', () => {
      start();
      driver(STATS).send({ space: 10 });
      balloon.notify(STATS);
      expect(driver(STATS).brokenBy).toContain('statistics');
    });

    it('of a driver that is gone are gone too', () => {
      start({ statsIntervalSeconds: 1 });
      give([4, 1n]);
      balloon.reset();
      vi.advanceTimersByTime(5000);
      expect(driver(STATS).takeUsed()).toEqual([]);
      expect(count('guestFreeBytes')).toBeUndefined();
    });
  });

  describe('reporting of free pages', () => {
    const report = (...ranges: readonly (readonly [gpa: number, length: number])[]): void => {
      ranges.forEach(([gpa, length], i) => {
        const isLast = i + 1 === ranges.length;
        driver(REPORTING).writeDescriptor(i, gpa, length, isLast ? 2 : 3, i + 1);
      });
      driver(REPORTING).offer(0);
      balloon.notify(reportingIndex);
    };
    let reportingIndex: number;
    beforeEach(() => {
      reportingIndex = REPORTING;
    });

    it('gives them back to the host', async () => {
      start();
      touch(FIRST, 1024);
      const before = ram.residentBytes();
      report([FIRST * PAGE, 2 * MiB], [FIRST * PAGE + 3 * MiB, MiB]);
      await turns();
      expect(driver(REPORTING).takeUsed()).toEqual([{ head: 0, written: 0 }]);
      expect(ram.residentBytes()).toBeLessThan(before - 2 * MiB);
      expect(isKept(FIRST + 511)).toBe(false);
      expect(isKept(FIRST + 512)).toBe(true);
      expect(isKept(FIRST + 768)).toBe(false);
      expect(count('reportedBytes')).toBe(3 * MiB);
    });

    it('leaves pages alone that are not free from their first byte to their last', async () => {
      start();
      touch(FIRST, 8);
      report([FIRST * PAGE + 1, 3 * PAGE - 2], [(FIRST + 4) * PAGE + 1, 100]);
      await turns();
      expect(range(FIRST, 8).map(isKept)).toEqual([
        true,
        false,
        true,
        true,
        true,
        true,
        true,
        true,
      ]);
      expect(count('releasedBytes')).toBe(PAGE);
      expect(count('keptBytes')).toBe(2 * PAGE - 2 + 100);
    });

    it.each([
      ['counts every queue there is', ALL, [0, 1, 2, 4], 4],
      ['has no statistics', VIRTIO_BALLOON_F_REPORTING, [0, 1, 7, 2], 2],
      ['has neither, and counts every queue', VIRTIO_BALLOON_F_REPORTING, [0, 1, 7, 4], 4],
    ])('finds the queue of a driver that %s', async (_what, features, indexes, index) => {
      start();
      balloon.reset();
      connect(features, indexes);
      reportingIndex = index;
      touch(FIRST, 1);
      report([FIRST * PAGE, PAGE]);
      await turns();
      expect(driver(REPORTING).takeUsed()).toHaveLength(1);
      expect(isKept(FIRST)).toBe(false);
    });

    it('breaks the queue over a buffer to read', () => {
      start();
      driver(REPORTING).send({ data: Buffer.alloc(PAGE) });
      balloon.notify(REPORTING);
      expect(driver(REPORTING).brokenBy).toContain('to read');
    });

    it('takes all of RAM in turns, the rings among it', async () => {
      start();
      report([0, 16 * MiB]);
      await turns();
      expect(ram.residentBytes()).toBeLessThan(MiB);
    });
  });

  it('counts what lies in larger pages of the host, and goes on', async () => {
    start({ hostPage: HUGE_PAGE });
    touch(FIRST, 1024);
    driver(INFLATE).send({ data: list(...range(FIRST + 8, 4)) });
    balloon.notify(INFLATE);
    expect(driver(INFLATE).takeUsed()).toHaveLength(1);
    expect(isKept(FIRST + 8)).toBe(true);
    expect(count('keptBytes')).toBe(4 * PAGE);
    driver(INFLATE).send({ data: list(...range(FIRST + 8, 1016)) });
    await turns();
    balloon.notify(INFLATE);
    expect(isKept(FIRST + 511)).toBe(true);
    expect(isKept(FIRST + 512)).toBe(false);
    expect(count('releasedBytes')).toBe(2 * MiB);
  });

  it('survives whatever a driver sends, and serves the next one', async () => {
    start();
    const page = fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: FIRST, max: RAM_PAGES }) },
      { weight: 1, arbitrary: fc.nat(0xffff_ffff) },
    );
    const content = fc.oneof(
      fc.array(page, { maxLength: 16 }).map((pages) => new Uint8Array(list(...pages))),
      fc.uint8Array({ maxLength: 64 }),
    );
    await fc.assert(
      fc.asyncProperty(hostileChains(content), fc.nat(3), async (chains, queue) => {
        offerHostile(driver(queue), chains);
        balloon.notify(queue);
        await turns(2);
        balloon.reset();
        connect();
        driver(INFLATE).send({ data: list(FIRST) });
        balloon.notify(INFLATE);
        expect(driver(INFLATE).takeUsed()).toHaveLength(1);
      }),
      { numRuns: 150 },
    );
  });
});
