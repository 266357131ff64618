import { describe, expect, it } from 'vitest';
import { AlignedIo } from './aligned-io';
import { type DiskCallbacks, type DiskIo, DiskRequestKind } from './disk-io';
import { ScatteredMemory } from './testing/test-disk';

const EIO = 5;
const BLOCK = 4096;

interface Passed {
  readonly kind: DiskRequestKind;
  readonly tag: number;
  readonly offset: number;
  readonly length: number;
}

/** What is below: takes requests, and completes them when the test says so. */
class HandDrivenIo implements DiskIo {
  readonly inFlight: Passed[] = [];

  constructor(private readonly callbacks: DiskCallbacks) {}

  submit(...[kind, tag, , , offset, length]: Parameters<DiskIo['submit']>): void {
    this.inFlight.push({ kind, tag, offset, length });
  }

  /** Completes the oldest. */
  complete(result?: number): void {
    const { tag, length } = this.inFlight.shift() ?? { tag: -1, length: 0 };
    this.callbacks.onComplete(tag, result ?? length);
    this.callbacks.onBatch();
  }

  kick(): void {}
  drain(): Promise<void> {
    return Promise.resolve();
  }
  close(): void {}
}

/** Direct I/O in blocks of 4096 from addresses that are a multiple of 512. */
function directIo(): { io: AlignedIo; below: HandDrivenIo; completed: [number, number][] } {
  const completed: [number, number][] = [];
  let below: HandDrivenIo | undefined;
  const io = new AlignedIo(
    { offset: BLOCK, memory: 512 },
    { onComplete: (tag, result) => completed.push([tag, result]), onBatch: () => undefined },
    (callbacks) => {
      below = new HandDrivenIo(callbacks);
      return below;
    },
  );
  if (below === undefined) throw new Error('nothing was made below');
  return { io, below, completed };
}

const { read, write, flush, writeZeroes } = DiskRequestKind;
const memory = new ScatteredMemory({ lengths: [BLOCK], misalignment: 512 });
const small = new ScatteredMemory({ lengths: [512], misalignment: 0 });
const crooked = new ScatteredMemory({ lengths: [BLOCK], misalignment: 8 });

function submit(
  io: DiskIo,
  kind: DiskRequestKind,
  tag: number,
  offset: number,
  { iovecs }: ScatteredMemory,
  length: number,
): void {
  io.submit(kind, tag, iovecs.address, iovecs.count, offset, length);
}

describe('direct I/O', () => {
  it('passes on what is aligned, as many at a time as come', () => {
    const { io, below, completed } = directIo();
    submit(io, read, 1, 0, memory, BLOCK);
    submit(io, write, 2, BLOCK, memory, BLOCK);
    io.submit(flush, 3, 0, 0, 0, 0);
    expect(below.inFlight.map(({ tag }) => tag)).toEqual([1, 2, 3]);
    below.complete();
    below.complete(-EIO);
    expect(completed).toEqual([
      [1, BLOCK],
      [2, -EIO],
    ]);
  });

  it('reads the block around a part of it before it writes that', () => {
    const { io, below, completed } = directIo();
    submit(io, write, 7, BLOCK + 512, small, 512);
    expect(below.inFlight).toEqual([{ kind: read, tag: 7, offset: BLOCK, length: BLOCK }]);
    below.complete();
    expect(below.inFlight).toEqual([{ kind: write, tag: 7, offset: BLOCK, length: BLOCK }]);
    expect(completed).toEqual([]);
    below.complete();
    expect(completed).toEqual([[7, 512]]);
  });

  it('waits with a part of a block until nothing else is in flight, and lets all others wait', () => {
    const { io, below, completed } = directIo();
    submit(io, write, 1, 0, memory, BLOCK);
    submit(io, write, 2, 512, small, 512);
    submit(io, write, 3, 1024, small, 512);
    submit(io, write, 4, 0, memory, BLOCK);
    submit(io, read, 5, 0, memory, BLOCK);
    expect(below.inFlight.map(({ tag }) => tag)).toEqual([1]);
    for (const tag of [2, 2, 3, 3]) {
      below.complete();
      expect(below.inFlight.map((passed) => passed.tag)).toEqual([tag]);
    }
    below.complete();
    expect(below.inFlight.map(({ tag }) => tag)).toEqual([4, 5]);
    below.complete();
    below.complete();
    expect(completed.map(([tag]) => tag)).toEqual([1, 2, 3, 4, 5]);
  });

  it('needs no reading around whole blocks in crooked memory', () => {
    const { io, below, completed } = directIo();
    submit(io, write, 1, BLOCK, crooked, BLOCK);
    expect(below.inFlight).toEqual([{ kind: write, tag: 1, offset: BLOCK, length: BLOCK }]);
    below.complete();
    expect(completed).toEqual([[1, BLOCK]]);
  });

  it('ends a request at its first error, and goes on with the next', () => {
    const { io, below, completed } = directIo();
    submit(io, write, 1, 512, small, 512);
    submit(io, read, 2, 512, small, 512);
    below.complete(-EIO);
    expect(completed).toEqual([[1, -EIO]]);
    expect(below.inFlight).toEqual([{ kind: read, tag: 2, offset: 0, length: BLOCK }]);
  });

  it('moves a long request piece by piece', () => {
    const { io, below, completed } = directIo();
    const MiB = 1024 * 1024;
    io.submit(writeZeroes, 1, 0, 0, 512, MiB);
    const written: Passed[] = [];
    while (below.inFlight.length > 0) {
      written.push(...below.inFlight.filter(({ kind }) => kind === write));
      below.complete();
    }
    expect(completed).toEqual([[1, 0]]);
    expect(written[0]?.offset).toBe(0);
    expect(written.reduce((sum, { length }) => sum + length, 0)).toBe(MiB + BLOCK);
  });
});
