import os from 'node:os';
import { describe, expect, it } from 'vitest';
import { viewOf } from '../sys/mapping';
import { type DiskEngine, type EngineClient, EngineOperation } from './disk-engine';
import { DiskRequestKind } from './disk-io';
import { DiskQueue } from './disk-queue';
import { IOVEC_BYTES } from './iovec';
import { ScatteredMemory, TestDisk } from './testing/test-disk';

const { EINTR, EINVAL, EIO, ENOSPC, EOPNOTSUPP } = os.constants.errno;
const KiB = 1024;
const DISK_BYTES = 1024 * KiB;
const TAGS = 8;

// fallocate(2)
const PUNCH_AND_KEEP_SIZE = 3;
const ZERO_AND_KEEP_SIZE = 0x11;

interface Performed {
  readonly operation: EngineOperation;
  readonly address: number;
  readonly length: number;
  readonly offset: number;
  /** What the iovecs of a vector name, as they were then. */
  readonly pieces: readonly { readonly base: number; readonly length: number }[];
}

/** An engine whose results are written down beforehand, one after the other. */
class ScriptedEngine implements DiskEngine {
  readonly name = 'thread';
  readonly readsCacheAtOnce = true;
  readonly performed: Performed[] = [];
  private readonly queued: Parameters<DiskEngine['queue']>[] = [];

  constructor(
    private readonly client: EngineClient,
    private readonly results: number[],
  ) {}

  queue(...operation: Parameters<DiskEngine['queue']>): void {
    this.queued.push(operation);
  }

  kick(): void {
    for (let next = this.queued.shift(); next !== undefined; next = this.queued.shift()) {
      const [slot, operation, address, length, offset] = next;
      const isVector =
        operation === EngineOperation.readVector || operation === EngineOperation.writeVector;
      const pieces = isVector ? piecesAt(address, length) : [];
      this.performed.push({ operation, address, length, offset, pieces });
      const result = this.results.shift();
      if (result === undefined) throw new Error('the script has no more results');
      this.client.performed(slot, result);
    }
  }

  close(): void {}
}

function piecesAt(address: number, count: number): { base: number; length: number }[] {
  const words = new BigUint64Array(viewOf(address, count * IOVEC_BYTES));
  return Array.from({ length: count }, (_, i) => ({
    base: Number(words[2 * i]),
    length: Number(words[2 * i + 1]),
  }));
}

function scripted(
  results: number[],
  offsetAlignment = 1,
): { driver: TestDisk; performed: readonly Performed[] } {
  let engine: ScriptedEngine | undefined;
  const bounds = { readOnly: false, sizeBytes: DISK_BYTES, offsetAlignment };
  const driver = new TestDisk(
    TAGS,
    (callbacks) =>
      new DiskQueue(bounds, TAGS, callbacks, undefined, (client) => {
        engine = new ScriptedEngine(client, results);
        return engine;
      }),
  );
  if (engine === undefined) throw new Error('the queue made no engine');
  return { driver, performed: engine.performed };
}

describe('transfers that stop short', () => {
  it('go on behind what was moved, in one buffer', async () => {
    const { driver, performed } = scripted([1000, 3000, 96]);
    const memory = new ScatteredMemory({ lengths: [4096], misalignment: 0 });
    const result = driver.request(DiskRequestKind.write, 8192, 4096, memory.iovecs);
    driver.io.kick();
    expect(await result).toBe(4096);
    const start = performed[0]?.address ?? 0;
    expect(
      performed.map(({ address, length, offset }) => [address - start, length, offset]),
    ).toEqual([
      [0, 4096, 8192],
      [1000, 3096, 9192],
      [4000, 96, 12_192],
    ]);
  });

  it('go on behind what was moved, in many pieces', async () => {
    const { driver, performed } = scripted([1500, 1, 571]);
    const memory = new ScatteredMemory({ lengths: [1024, 512, 512, 24], misalignment: 0 });
    const result = driver.request(DiskRequestKind.read, 0, 2072, memory.iovecs);
    driver.io.kick();
    expect(await result).toBe(2072);
    const [first, second, third] = performed.map(({ pieces }) => pieces);
    const bases = first?.map(({ base }) => base) ?? [];
    expect(second).toEqual([
      { base: (bases[1] ?? 0) + 476, length: 36 },
      { base: bases[2], length: 512 },
      { base: bases[3], length: 24 },
    ]);
    expect(third?.[0]).toEqual({ base: (bases[1] ?? 0) + 477, length: 35 });
    expect(performed.map(({ offset }) => offset)).toEqual([0, 1500, 1501]);
  });

  it('end where the file ends, with zeros', async () => {
    const { driver } = scripted([100, 0]);
    const memory = new ScatteredMemory({ lengths: [64, 64, 128], misalignment: 5 });
    memory.fill(0xaa);
    const result = driver.request(DiskRequestKind.read, 0, 256, memory.iovecs);
    driver.io.kick();
    expect(await result).toBe(256);
    expect(memory.gather()).toEqual(Buffer.concat([Buffer.alloc(100, 0xaa), Buffer.alloc(156)]));
  });

  it('end where direct I/O stops between two blocks', async () => {
    const { driver, performed } = scripted([4096 + 512], 4096);
    const memory = new ScatteredMemory({ lengths: [8192], misalignment: 0 });
    memory.fill(0xaa);
    const result = driver.request(DiskRequestKind.read, 0, 8192, memory.iovecs);
    driver.io.kick();
    expect(await result).toBe(8192);
    expect(performed).toHaveLength(1);
    expect(memory.gather().subarray(4606, 4610)).toEqual(Buffer.from([0xaa, 0xaa, 0, 0]));
  });

  it('fail with the error that came in the end', async () => {
    const { driver } = scripted([512, -ENOSPC]);
    expect(await driver.write(0, Buffer.alloc(1024))).toBe(-ENOSPC);
  });

  it('fail when a write moves nothing any more', async () => {
    const { driver } = scripted([512, 0]);
    expect(await driver.write(0, Buffer.alloc(1024))).toBe(-EIO);
  });
});

describe('what was interrupted', () => {
  it('is done again', async () => {
    const { driver, performed } = scripted([-EINTR, 512, -EINTR, 0, -EINTR, 0]);
    expect(await driver.write(0, Buffer.alloc(512))).toBe(512);
    expect(await driver.command(DiskRequestKind.flush)).toBe(0);
    expect(await driver.command(DiskRequestKind.discard, 4096, 8192)).toBe(0);
    expect(performed.map(({ operation }) => operation)).toEqual([
      EngineOperation.write,
      EngineOperation.write,
      EngineOperation.sync,
      EngineOperation.sync,
      EngineOperation.fallocate,
      EngineOperation.fallocate,
    ]);
  });
});

describe('writing zeros', () => {
  const zero = (driver: TestDisk, bytes: number): Promise<number> =>
    driver.command(DiskRequestKind.writeZeroes, 4096, bytes);
  const modes = (performed: readonly Performed[]): number[] =>
    performed
      .filter(({ operation }) => operation === EngineOperation.fallocate)
      .map(({ length }) => length);

  it('punches a hole where a range cannot be zeroed, and remembers', async () => {
    const { driver, performed } = scripted([-EOPNOTSUPP, 0, 0]);
    expect(await zero(driver, 8192)).toBe(0);
    expect(await zero(driver, 8192)).toBe(0);
    expect(modes(performed)).toEqual([
      ZERO_AND_KEEP_SIZE,
      PUNCH_AND_KEEP_SIZE,
      PUNCH_AND_KEEP_SIZE,
    ]);
  });

  it('tries again what one range was only too odd for', async () => {
    const { driver, performed } = scripted([-EINVAL, 0, 0]);
    await zero(driver, 8191);
    await zero(driver, 8192);
    expect(modes(performed)).toEqual([ZERO_AND_KEEP_SIZE, PUNCH_AND_KEEP_SIZE, ZERO_AND_KEEP_SIZE]);
  });

  it('writes zeros piece by piece where there is no other way', async () => {
    const { driver, performed } = scripted([
      -EOPNOTSUPP,
      -EOPNOTSUPP,
      256 * KiB,
      100 * KiB,
      244 * KiB,
    ]);
    expect(await zero(driver, 600 * KiB)).toBe(0);
    const writes = performed.filter(({ operation }) => operation === EngineOperation.write);
    expect(writes.map(({ offset, length }) => [offset - 4096, length])).toEqual([
      [0, 256 * KiB],
      [256 * KiB, 256 * KiB],
      [356 * KiB, 244 * KiB],
    ]);
    const [first] = writes;
    expect((first?.address ?? 1) % 4096).toBe(0);
    expect(Buffer.from(viewOf(first?.address ?? 0, 256 * KiB)).every((byte) => byte === 0)).toBe(
      true,
    );
  });

  it('fails with the error of the last way', async () => {
    const { driver } = scripted([-EOPNOTSUPP, -EOPNOTSUPP, 4096, -ENOSPC]);
    expect(await zero(driver, 8192)).toBe(-ENOSPC);
  });
});

describe('callbacks', () => {
  it('may submit and kick more, without end and without recursion', async () => {
    const rounds = 100_000;
    const { driver } = scripted(Array.from({ length: rounds }, () => 0));
    let left = rounds;
    const next = (): void => {
      if (left === 0) return;
      left -= 1;
      driver.io.submit(DiskRequestKind.flush, 3, 0, 0, 0, 0);
      driver.io.kick();
    };
    driver.onComplete = () => {
      driver.completions += 1;
    };
    driver.onBatch = next;
    next();
    await driver.io.drain();
    expect(driver.completions).toBe(rounds);
  });

  it('are told of refused requests too, and not before the kick', async () => {
    const { driver, performed } = scripted([]);
    const refused = driver.request(DiskRequestKind.discard, DISK_BYTES, 512);
    const nothing = driver.request(DiskRequestKind.discard, 0, 0);
    expect(driver.completions).toBe(0);
    driver.io.kick();
    expect([await refused, await nothing]).toEqual([-ENOSPC, 0]);
    expect([driver.completions, driver.batches, performed.length]).toEqual([2, 1, 0]);
  });
});
