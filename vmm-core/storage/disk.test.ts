import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { DiskRequestKind } from './disk-io';
import { type Disk, type DiskConfig, openDisk } from './open-disk';
import { ScatteredMemory, TestDisk } from './testing/test-disk';
import { buildWorkerProgram } from './testing/worker-program';

const { ENOSPC, EROFS } = os.constants.errno;
const KiB = 1024;
const MiB = 1024 * KiB;
const TAGS = 64;

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'disk-'));
const workerProgram = path.join(directory, 'worker.cjs');
beforeAll(() => buildWorkerProgram(workerProgram));
afterAll(() => fs.rmSync(directory, { recursive: true }));

let files = 0;
/** A file of these bytes, or so many that depend on where they are. */
function image(content: Uint8Array | number): string {
  const file = path.join(directory, `image-${files++}`);
  fs.writeFileSync(file, typeof content === 'number' ? pattern(content) : content);
  return file;
}

/** Bytes that repeat nowhere within a few MiB. */
function pattern(length: number, seed = 1): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + seed * 7919, 2654435761);
  return Buffer.from(words.buffer, 0, length);
}

/** Buffers compared without a diff, which takes seconds for so many bytes. */
function expectBytes(got: Buffer, expected: Uint8Array): void {
  expect(got.length).toBe(expected.length);
  const at = got.findIndex((byte, index) => byte !== expected[index]);
  expect(at, 'the first byte that differs').toBe(-1);
}

interface OpenedDisk {
  readonly disk: Disk;
  readonly driver: TestDisk;
}

function open(file: string, config: Partial<DiskConfig>): OpenedDisk {
  let disk: Disk | undefined;
  const driver = new TestDisk(TAGS, (callbacks) => {
    disk = openDisk(
      {
        path: file,
        readOnly: false,
        cache: 'buffered',
        maxRequests: TAGS,
        workerProgram,
        ...config,
      },
      (tag, result) => callbacks.onComplete(tag, result),
      () => callbacks.onBatch(),
    );
    return disk.io;
  });
  const opened = disk as unknown as Disk;
  onTestFinished(() => opened.close());
  return { disk: opened, driver };
}

describe.each([
  ['io_uring', 'buffered'],
  ['io_uring', 'direct'],
  ['thread', 'buffered'],
  ['thread', 'direct'],
] as const)('a disk by %s, %s', (engine, cache) => {
  const config = { engine, cache };

  it('reads and writes one buffer', async () => {
    const file = image(MiB);
    const { disk, driver } = open(file, config);
    expect(disk.engine).toBe(engine);
    expect(disk.sizeBytes).toBe(MiB);
    expectBytes(await driver.read(64 * KiB, 8 * KiB), pattern(MiB).subarray(64 * KiB, 72 * KiB));

    const bytes = pattern(16 * KiB, 2);
    expect(await driver.write(512 * KiB, bytes)).toBe(16 * KiB);
    expectBytes(await driver.read(512 * KiB, 16 * KiB), bytes);
    expectBytes(fs.readFileSync(file).subarray(512 * KiB, 528 * KiB), bytes);
  });

  it('reads and writes memory in pieces', async () => {
    const { driver } = open(image(MiB), config);
    const scatter = { lengths: [512, 4096, 1024, 512, 65536], misalignment: 512 };
    const bytes = pattern(71_680, 3);
    expect(await driver.write(4096, bytes, scatter)).toBe(71_680);
    expectBytes(await driver.read(4096, 71_680), bytes);
    expectBytes(await driver.read(4096, 71_680, scatter), bytes);
  });

  it('takes more pieces than one system call does', async () => {
    const { driver } = open(image(2 * MiB), config);
    const scatter = { lengths: Array.from({ length: 2000 }, () => 512), misalignment: 0 };
    const bytes = pattern(1_024_000, 4);
    expect(await driver.write(512, bytes, scatter)).toBe(1_024_000);
    expectBytes(await driver.read(512, 1_024_000, scatter), bytes);
  });

  it('takes requests that are aligned to nothing, and leaves what is beside them', async () => {
    const file = image(MiB);
    const { driver } = open(file, config);
    const expected = pattern(MiB);
    const bytes = pattern(300_001, 5);
    bytes.copy(expected, 12_345);
    const scatter = { lengths: [1, 777, 299_223], misalignment: 3 };
    expect(await driver.write(12_345, bytes, scatter)).toBe(300_001);
    expectBytes(await driver.read(12_345, 300_001, scatter), bytes);
    expectBytes(fs.readFileSync(file), expected);
  });

  it('loses nothing of writes to parts of one block that are in flight together', async () => {
    const file = image(64 * KiB);
    const { driver } = open(file, config);
    const expected = pattern(64 * KiB);
    const writes = Array.from({ length: 32 }, (_, i) => {
      const bytes = pattern(100, 6 + i);
      bytes.copy(expected, 1000 + i * 100);
      return driver.write(1000 + i * 100, bytes);
    });
    expect(await Promise.all(writes)).toEqual(writes.map(() => 100));
    expectBytes(fs.readFileSync(file), expected);
  });

  it('gives zeros for what lies behind the end of the file', async () => {
    const file = image(MiB);
    const { driver } = open(file, config);
    fs.truncateSync(file, 512 * KiB + 1024);
    const scatter = { lengths: [1536, 512, 6144], misalignment: 0 };
    const expected = Buffer.alloc(8192);
    pattern(MiB).copy(expected, 0, 512 * KiB, 512 * KiB + 1024);
    expectBytes(await driver.read(512 * KiB, 8192, scatter), expected);
    expectBytes(await driver.read(512 * KiB, 8192), expected);
    expectBytes(await driver.read(900 * KiB, 4096), Buffer.alloc(4096));
    expectBytes(await driver.read(5 * MiB, 4096), Buffer.alloc(4096));
  });

  it('never writes behind its end', async () => {
    const file = image(MiB);
    const { driver } = open(file, config);
    expect(await driver.write(MiB - 512, pattern(1024))).toBe(-ENOSPC);
    expect(await driver.write(MiB, pattern(512))).toBe(-ENOSPC);
    expect(await driver.command(DiskRequestKind.writeZeroes, MiB - 512, 1024)).toBe(-ENOSPC);
    expect(await driver.command(DiskRequestKind.discard, MiB, 512)).toBe(-ENOSPC);
    expect(fs.statSync(file).size).toBe(MiB);
    expectBytes(fs.readFileSync(file), pattern(MiB));
  });

  it('flushes, and tells so after the writes before it', async () => {
    const { driver } = open(image(MiB), config);
    const written = driver.write(0, pattern(256 * KiB, 8));
    await written;
    expect(await driver.command(DiskRequestKind.flush)).toBe(0);
  });

  it('gives discarded space back to the host, and reads zeros from there', async () => {
    const file = image(4 * MiB);
    const { disk, driver } = open(file, config);
    expect(disk.canDiscard).toBe(true);
    await driver.command(DiskRequestKind.flush);
    const before = fs.statSync(file).blocks;
    expect(await driver.command(DiskRequestKind.discard, MiB, 2 * MiB)).toBe(0);
    const { blocks, size } = fs.statSync(file);
    expect((before - blocks) * 512).toBe(2 * MiB);
    expect(size).toBe(4 * MiB);
    expectBytes(
      await driver.read(MiB - 4096, 8192),
      Buffer.concat([pattern(MiB).subarray(-4096), Buffer.alloc(4096)]),
    );
  });

  it('writes zeros, and keeps the size and what is beside them', async () => {
    const file = image(4 * MiB);
    const { driver } = open(file, config);
    const expected = pattern(4 * MiB).fill(0, 1536, 1536 + 2 * MiB);
    expect(await driver.command(DiskRequestKind.writeZeroes, 1536, 2 * MiB)).toBe(0);
    expectBytes(fs.readFileSync(file), expected);
  });

  it('serves a sparse file and keeps it sparse', async () => {
    const file = image(0);
    fs.truncateSync(file, 1024 * MiB);
    const { driver } = open(file, config);
    expectBytes(await driver.read(700 * MiB, 64 * KiB), Buffer.alloc(64 * KiB));
    const bytes = pattern(4096, 9);
    expect(await driver.write(900 * MiB, bytes)).toBe(4096);
    expectBytes(await driver.read(900 * MiB, 4096), bytes);
    await driver.command(DiskRequestKind.flush);
    expect(fs.statSync(file).blocks * 512).toBeLessThan(MiB);
  });

  it('refuses to change a disk that is read-only', async () => {
    const file = image(MiB);
    const { disk, driver } = open(file, { ...config, readOnly: true });
    expect(disk.readOnly).toBe(true);
    expect(disk.canDiscard).toBe(false);
    expect(await driver.write(0, pattern(512))).toBe(-EROFS);
    expect(await driver.command(DiskRequestKind.discard, 0, 4096)).toBe(-EROFS);
    expect(await driver.command(DiskRequestKind.writeZeroes, 0, 4096)).toBe(-EROFS);
    expect(await driver.command(DiskRequestKind.flush)).toBe(0);
    expectBytes(await driver.read(0, 4096), pattern(4096));
  });

  it('reaches what the file has grown by when it is told to', async () => {
    const file = image(MiB);
    const { disk, driver } = open(file, config);
    fs.truncateSync(file, 2 * MiB);
    expect(await driver.write(MiB, pattern(4096))).toBe(-ENOSPC);
    expect(disk.resize()).toBe(2 * MiB);
    expect(disk.sizeBytes).toBe(2 * MiB);
    expect(await driver.write(MiB, pattern(4096))).toBe(4096);
  });

  it('tells nothing before the kick, and one batch for completions that come together', async () => {
    const { driver } = open(image(MiB), config);
    // In the page cache, whoever has to read it.
    await driver.read(0, 128 * KiB);
    driver.completions = 0;
    driver.batches = 0;
    const memory = Array.from(
      { length: 32 },
      () => new ScatteredMemory({ lengths: [4096], misalignment: 0 }),
    );
    const results = memory.map(({ iovecs }, i) =>
      driver.request(DiskRequestKind.read, i * 4096, 4096, iovecs),
    );
    expect(driver.completions).toBe(0);
    driver.io.kick();
    if (cache === 'buffered') {
      expect(driver.completions).toBe(32);
      expect(driver.batches).toBe(1);
    }
    expect(await Promise.all(results)).toEqual(results.map(() => 4096));
    expect(driver.batches).toBeLessThanOrEqual(32);
    expect(memory.map((piece) => piece.gather()[0])).toEqual(
      memory.map((_, i) => pattern(MiB)[i * 4096]),
    );
  });

  it('drains: what is in flight is complete, queued requests included', async () => {
    const { driver } = open(image(4 * MiB), config);
    const memory = new ScatteredMemory({ lengths: [64 * KiB], misalignment: 0 });
    for (let i = 0; i < TAGS - 1; i++) {
      const kind = i % 2 === 0 ? DiskRequestKind.write : DiskRequestKind.read;
      void driver.request(kind, i * 64 * KiB, 64 * KiB, memory.iovecs);
    }
    void driver.request(DiskRequestKind.flush, 0, 0);
    await driver.io.drain();
    expect(driver.completions).toBe(TAGS);
    memory.keep();
  });

  it('says so when it is closed with requests in flight, or given a tag twice', async () => {
    const { driver } = open(image(MiB), config);
    driver.io.submit(DiskRequestKind.flush, TAGS - 1, 0, 0, 0, 0);
    expect(() => driver.io.submit(DiskRequestKind.flush, TAGS - 1, 0, 0, 0, 0)).toThrow(RangeError);
    expect(() => driver.io.submit(DiskRequestKind.flush, TAGS, 0, 0, 0, 0)).toThrow(RangeError);
    expect(() => driver.io.close()).toThrow('1 disk requests are in flight');
    const flushed = new Promise((resolve) => {
      driver.onComplete = (_tag, result) => resolve(result);
    });
    await driver.io.drain();
    expect(await flushed).toBe(0);
  });

  it('once closed, does nothing any more, and can be closed again', () => {
    const { driver } = open(image(MiB), config);
    driver.io.close();
    driver.io.close();
    driver.io.kick();
    expect(() => driver.io.submit(DiskRequestKind.flush, 0, 0, 0, 0, 0)).toThrow(RangeError);
  });

  it('does what a disk in memory does, in 10,000 random requests', {
    timeout: 60_000,
  }, async () => {
    const file = image(MiB);
    const { driver } = open(file, config);
    const model = pattern(MiB);
    const random = randomNumbers(engine.length * 31 + cache.length);
    const busy = new Set<{ from: number; to: number }>();
    const underWay = new Set<Promise<void>>();
    for (let done = 0; done < 10_000; ) {
      const isAligned = random(10) < 8;
      const unit = isAligned ? 512 : 1;
      const length = (1 + random(random(10) === 0 ? 128 : 16)) * (isAligned ? 512 : 97);
      const from = random((MiB - length) / unit) * unit;
      const range = { from, to: from + length };
      // Requests that overlap while in flight may come out either way.
      if ([...busy].some((other) => other.from < range.to && range.from < other.to)) {
        await Promise.race(underWay);
        continue;
      }
      done += 1;
      busy.add(range);
      const one = randomRequest(driver, model, from, length, random).finally(() => {
        busy.delete(range);
        underWay.delete(one);
      });
      underWay.add(one);
      if (underWay.size >= 1 + random(24)) await Promise.race(underWay);
    }
    await Promise.all(underWay);
    expectBytes(fs.readFileSync(file), model);
  });
});

/** One request of any kind, carried out on the model and checked against it. */
async function randomRequest(
  driver: TestDisk,
  model: Buffer,
  from: number,
  length: number,
  random: (below: number) => number,
): Promise<void> {
  const cut = random(length);
  const scatter = {
    lengths: random(2) === 0 ? [length] : [cut, length - cut],
    misalignment: random(4) === 0 ? random(512) : 0,
  };
  const chosen = random(20);
  if (chosen < 9) {
    const expected = Buffer.from(model.subarray(from, from + length));
    expectBytes(await driver.read(from, length, scatter), expected);
  } else if (chosen < 17) {
    const bytes = pattern(length, random(1000));
    bytes.copy(model, from);
    expect(await driver.write(from, bytes, scatter)).toBe(length);
  } else if (chosen < 18) {
    expect(await driver.command(DiskRequestKind.flush)).toBe(0);
  } else {
    const kind = chosen < 19 ? DiskRequestKind.discard : DiskRequestKind.writeZeroes;
    model.fill(0, from, from + length);
    expect(await driver.command(kind, from, length)).toBe(0);
  }
}

/** Whole numbers from 0 to below, the same ones for the same seed; a xorshift generator. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}
