import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDisk } from '../../storage/open-disk';
import { type BlockOptions, VirtioBlock } from './block';
import { type TestBuffer, TestDriver } from './testing/driver';

const KiB = 1024;
const MiB = 2 ** 20;
const SECTOR = 512;
const SIZE = MiB;
const [IN, OUT, FLUSH, GET_ID, DISCARD, WRITE_ZEROES] = [0, 1, 4, 8, 11, 13] as const;
const [OK, IOERR, UNSUPP] = [0, 1, 2] as const;
const CAPACITY = 0;

let directory: string;
let file: string;
let block: VirtioBlock;
let driver: TestDriver;

function open(
  { readOnly = false, ...options }: Partial<BlockOptions> & { readonly readOnly?: boolean } = {},
  size = 64,
): void {
  block = new VirtioBlock(
    { name: 'disk0', serial: 'serial-number', queues: 1, ...options },
    (maxRequests, onComplete, onBatch) =>
      openDisk(
        { path: file, readOnly, cache: 'buffered', maxRequests, workerProgram: '' },
        onComplete,
        onBatch,
      ),
  );
  driver = new TestDriver(size);
  block.activate({ memory: driver.ram.memory, features: 0n, queues: [driver.queue] });
}

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'block-'));
  file = path.join(directory, 'disk');
  const bytes = Buffer.alloc(SIZE);
  for (let sector = 0; sector < SIZE / SECTOR; sector++)
    bytes.fill(sector, sector * SECTOR, (sector + 1) * SECTOR);
  fs.writeFileSync(file, bytes);
});
afterEach(async () => {
  await block.reset();
  await block.close();
  driver.release();
  fs.rmSync(directory, { recursive: true });
});

function header(type: number, sector = 0): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(type, 0);
  bytes.writeBigUInt64LE(BigInt(sector), 8);
  return bytes;
}

function range(sector: number, sectors: number, flags = 0): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(BigInt(sector), 0);
  bytes.writeUInt32LE(sectors, 8);
  bytes.writeUInt32LE(flags, 12);
  return bytes;
}

interface Answer {
  readonly status: number;
  readonly written: number;
  readonly head: number;
}

/** Sends one request; the status is the last byte of its last buffer. */
async function request(...buffers: readonly TestBuffer[]): Promise<Answer> {
  const head = driver.send(...buffers);
  block.notify(0);
  const used = await vi.waitFor(() => {
    const [first] = driver.takeUsed();
    if (first === undefined) throw new Error('not served yet');
    return first;
  });
  expect(used.head).toBe(head);
  return {
    status: driver.bytesOf(head, buffers.length - 1).at(-1) ?? -1,
    written: used.written,
    head,
  };
}

const status: TestBuffer = { space: 1 };

describe('reading and writing', () => {
  beforeEach(() => open());

  it('brings sectors', async () => {
    const answer = await request({ data: header(IN, 3) }, { space: SECTOR }, status);
    expect(answer).toMatchObject({ status: OK, written: SECTOR + 1 });
    expect(driver.bytesOf(answer.head, 1)).toEqual(Buffer.alloc(SECTOR, 3));
  });

  it('takes sectors, to the file', async () => {
    const data = Buffer.alloc(2 * SECTOR, 0xab);
    const answer = await request({ data: header(OUT, 5) }, { data }, status);
    expect(answer).toMatchObject({ status: OK, written: 1 });
    expect(fs.readFileSync(file).subarray(5 * SECTOR, 7 * SECTOR)).toEqual(data);
  });

  it('scatters over buffers of any length', async () => {
    const lengths = [1, 511, 0, 1000, 24, 4096 - 1536];
    const answer = await request(
      { data: header(IN, 1) },
      ...lengths.map((space) => ({ space })),
      status,
    );
    expect(answer).toMatchObject({ status: OK, written: 4097 });
    const data = lengths.map((_, i) => driver.bytesOf(answer.head, i + 1));
    expect(Buffer.concat(data)).toEqual(fs.readFileSync(file).subarray(SECTOR, SECTOR + 4096));
  });

  it.each(Array.from({ length: 15 }, (_, i) => i + 1))(
    'knows a header that is split after %i bytes',
    async (split) => {
      const bytes = header(IN, 9);
      const answer = await request(
        { data: bytes.subarray(0, split) },
        { data: bytes.subarray(split) },
        { space: SECTOR },
        status,
      );
      expect(answer.status).toBe(OK);
      expect(driver.bytesOf(answer.head, 2)[0]).toBe(9);
    },
  );

  it('finds header and data in one buffer, data and status in another', async () => {
    const written = await request(
      { data: Buffer.concat([header(OUT, 2), Buffer.alloc(SECTOR, 7)]) },
      status,
    );
    expect(written.status).toBe(OK);
    const read = await request({ data: header(IN, 2) }, { space: SECTOR + 1 });
    expect(read).toMatchObject({ status: OK, written: SECTOR + 1 });
    expect(driver.bytesOf(read.head, 1).subarray(0, SECTOR)).toEqual(Buffer.alloc(SECTOR, 7));
  });

  it('serves many at once, each with its own data', async () => {
    const heads = Array.from({ length: 16 }, (_, i) =>
      driver.send({ data: header(IN, i * 8) }, { space: 4 * KiB }, status),
    );
    block.notify(0);
    const used = await vi.waitFor(() => {
      expect(block.counters()['reads']).toBe(16);
      return driver.takeUsed();
    });
    expect(used.map(({ head }) => head).sort()).toEqual([...heads].sort());
    for (const [i, head] of heads.entries()) expect(driver.bytesOf(head, 1)[0]).toBe(i * 8);
    expect(driver.interrupts).toBe(1);
  });
});

describe('what is refused, by the status', () => {
  const data = { data: Buffer.alloc(SECTOR) };
  it.each<[string, number, readonly TestBuffer[]]>([
    ['reading past the end', IOERR, [{ data: header(IN, SIZE / SECTOR) }, { space: SECTOR }]],
    ['reading over the end', IOERR, [{ data: header(IN, SIZE / SECTOR - 1) }, { space: 1024 }]],
    [
      'a sector of 64 ones',
      IOERR,
      [
        { data: Buffer.concat([header(IN).subarray(0, 8), Buffer.alloc(8, 255)]) },
        { space: SECTOR },
      ],
    ],
    ['half a sector', IOERR, [{ data: header(IN) }, { space: 100 }]],
    ['writing past the end', IOERR, [{ data: header(OUT, SIZE / SECTOR) }, data]],
    ['a type that there is not', UNSUPP, [{ data: header(99) }]],
    ['discarding with a flag', UNSUPP, [{ data: header(DISCARD) }, { data: range(0, 8, 1) }]],
    [
      'zeroing with a reserved flag',
      UNSUPP,
      [{ data: header(WRITE_ZEROES) }, { data: range(0, 8, 2) }],
    ],
    [
      'discarding past the end',
      IOERR,
      [{ data: header(DISCARD) }, { data: range(SIZE / SECTOR, 1) }],
    ],
    [
      'a range that is cut short',
      IOERR,
      [{ data: header(DISCARD) }, { data: range(0, 1).subarray(0, 8) }],
    ],
    [
      'several ranges',
      IOERR,
      [{ data: header(DISCARD) }, { data: range(0, 1) }, { data: range(8, 1) }],
    ],
  ])('%s', async (_what, expected, buffers) => {
    open();
    expect((await request(...buffers, status)).status).toBe(expected);
    expect(driver.brokenBy).toBeUndefined();
    expect(fs.readFileSync(file).subarray(0, SECTOR)).toEqual(Buffer.alloc(SECTOR));
  });

  it('any change of a disk that is read-only', async () => {
    open({ readOnly: true });
    expect((await request({ data: header(OUT) }, data, status)).status).toBe(IOERR);
    expect(
      (await request({ data: header(WRITE_ZEROES) }, { data: range(0, 1) }, status)).status,
    ).toBe(UNSUPP);
    expect((await request({ data: header(IN, 1) }, { space: SECTOR }, status)).status).toBe(OK);
    expect(block.features & (1n << 5n)).not.toBe(0n);
  });
});

describe('the other requests', () => {
  beforeEach(() => open());

  it('flush', async () => {
    expect((await request({ data: header(FLUSH) }, status)).status).toBe(OK);
    expect(block.counters()['flushes']).toBe(1);
  });

  it('say the serial number', async () => {
    const answer = await request({ data: header(GET_ID) }, { space: 20 }, status);
    expect(answer).toMatchObject({ status: OK, written: 21 });
    expect(driver.bytesOf(answer.head, 1).toString()).toBe('serial-number'.padEnd(20, '\0'));
  });

  it.each([
    ['discard', DISCARD, 0],
    ['write zeroes', WRITE_ZEROES, 0],
    ['write zeroes and unmap', WRITE_ZEROES, 1],
  ])('%s: the range reads as zeros, its neighbours stay', async (_name, type, flags) => {
    const answer = await request({ data: header(type) }, { data: range(16, 8, flags) }, status);
    expect(answer.status).toBe(OK);
    const bytes = fs.readFileSync(file);
    expect(bytes.subarray(16 * SECTOR, 24 * SECTOR)).toEqual(Buffer.alloc(8 * SECTOR));
    expect([bytes[16 * SECTOR - 1], bytes[24 * SECTOR]]).toEqual([15, 24]);
  });
});

describe('a chain that cannot be answered breaks the queue', () => {
  it.each<[string, readonly TestBuffer[]]>([
    ['no room for the status', [{ data: header(IN) }]],
    ['half a header', [{ data: header(IN).subarray(0, 8) }, { space: SECTOR }, status]],
    ['an empty one', [{ data: '' }, { space: 0 }]],
  ])('%s', async (_what, buffers) => {
    open();
    driver.send(...buffers);
    block.notify(0);
    expect(driver.brokenBy).toContain('header and status');
    expect(driver.takeUsed()).toEqual([]);
  });
});

it('keeps to its limit, and goes on by itself', async () => {
  open({ limit: { operationsPerSecond: 100, burst: 10 } });
  const began = performance.now();
  for (let i = 0; i < 11; i++) driver.send({ data: header(IN, i) }, { space: SECTOR }, status);
  block.notify(0);
  await vi.waitFor(() => expect(block.counters()['reads']).toBe(11), { timeout: 2000 });
  expect(performance.now() - began).toBeGreaterThan(90);
  expect(block.counters()['throttled']).toBeGreaterThan(5);
});

it('tells the driver of a new size, and serves it', async () => {
  open();
  const changed = vi.fn();
  block.attach({ configChanged: changed });
  fs.truncateSync(file, 2 * SIZE);
  block.resized();
  expect(changed).toHaveBeenCalledOnce();
  expect(Buffer.from(block.config).readBigUInt64LE(CAPACITY)).toBe(BigInt((2 * SIZE) / SECTOR));
  const answer = await request({ data: header(IN, SIZE / SECTOR) }, { space: SECTOR }, status);
  expect(answer.status).toBe(OK);
});

it('touches nothing of the guest after a reset', async () => {
  open();
  const head = driver.send({ data: header(OUT, 1) }, { data: Buffer.alloc(64 * KiB, 1) }, status);
  block.notify(0);
  await block.reset();
  const before = driver.bytesOf(head, 2);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(driver.bytesOf(head, 2)).toEqual(before);
  block.notify(0);
  expect(driver.brokenBy).toBeUndefined();
});

it('answers every chain once, whatever is in it', async () => {
  open({}, 128);
  const buffer = fc.oneof(
    fc.record({ data: fc.uint8Array({ maxLength: 40 }) }),
    fc
      .record({ type: fc.constantFrom(0, 1, 4, 8, 11, 13, 77), sector: fc.nat(3000) })
      .map(({ type, sector }) => ({ data: header(type, sector) })),
  );
  const space = fc.record({ space: fc.constantFrom(0, 1, 20, 512, 513, 4096) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.array(buffer, { maxLength: 3 }), fc.array(space, { maxLength: 3 })), {
        minLength: 1,
        maxLength: 8,
      }),
      async (chains) => {
        const d = new TestDriver(128, {}, driver.ram);
        await block.reset();
        block.activate({ memory: d.ram.memory, features: 0n, queues: [d.queue] });
        const heads = chains
          .filter(([readable, writable]) => readable.length + writable.length > 0)
          .map(([readable, writable]) => d.send(...readable, ...writable));
        block.notify(0);
        await block.reset();
        const used = d.takeUsed().map(({ head }) => head);
        expect(new Set(used).size).toBe(used.length);
        for (const head of used) expect(heads).toContain(head);
      },
    ),
    { numRuns: 300 },
  );
});
