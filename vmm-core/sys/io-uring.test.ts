import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { IoUring, RING_FSYNC, RING_NOP, RING_READ } from './io-uring';
import { NativeBuffer } from './native-buffer';
import { watchReadable } from './poll';

/** A ring on a file of 1 MiB whose every byte says which page it is in. */
function ringOnFile(capacity: number): IoUring {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'io-uring-'));
  const file = path.join(directory, 'file');
  const bytes = new Uint8Array(1024 * 1024).map((_, at) => at >> 12);
  fs.writeFileSync(file, bytes);
  const fd = fs.openSync(file, 'r');
  const ring = new IoUring(capacity, fd);
  onTestFinished(() => {
    ring.close();
    fs.closeSync(fd);
    fs.rmSync(directory, { recursive: true });
  });
  return ring;
}

function reaped(ring: IoUring): [tag: number, result: number][] {
  const all: [number, number][] = [];
  ring.reap({ completed: (tag, result) => all.push([tag, result]) });
  return all;
}

describe('an io_uring', () => {
  it('is to be had on this host', () => {
    expect(IoUring.isAvailable()).toBe(true);
  });

  it('moves data from the page cache to an address, complete when submit returns', () => {
    const ring = ringOnFile(8);
    const memory = new NativeBuffer(2 * 4096);
    ring.prepare(RING_READ, memory.address, 4096, 7 * 4096, 0, 70);
    ring.prepare(RING_READ, memory.address + 4096, 4096, 9 * 4096, 0, 90);
    expect(reaped(ring)).toEqual([]);
    expect(ring.submit()).toBe(true);
    expect(reaped(ring)).toEqual([
      [70, 4096],
      [90, 4096],
    ]);
    expect([memory.bytes[0], memory.bytes[4096]]).toEqual([7, 9]);
  });

  it('says no to more requests than it has room for, and takes them after a submission', () => {
    const ring = ringOnFile(4);
    const prepared = Array.from({ length: 6 }, (_, tag) => ring.prepare(RING_NOP, 0, 0, 0, 0, tag));
    expect(prepared).toEqual([true, true, true, true, false, false]);
    ring.submit();
    expect(ring.prepare(RING_NOP, 0, 0, 0, 0, 4)).toBe(true);
    ring.submit();
    expect(reaped(ring).map(([tag]) => tag)).toEqual([0, 1, 2, 3, 4]);
  });

  it('loses no completion when more come than its ring holds', () => {
    const ring = ringOnFile(4);
    for (let tag = 0; tag < 100; tag++) {
      expect(ring.prepare(RING_NOP, 0, 0, 0, 0, tag)).toBe(true);
      ring.submit();
    }
    expect(reaped(ring).map(([tag]) => tag)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('goes on when its counters have gone round the ring many times', () => {
    const ring = ringOnFile(2);
    for (let round = 0; round < 1000; round++) {
      ring.prepare(RING_NOP, 0, 0, 0, 0, round);
      ring.submit();
      expect(reaped(ring)).toEqual([[round, 0]]);
    }
  });

  it('hands over the errno of a request that failed', () => {
    const ring = ringOnFile(2);
    ring.prepare(RING_READ, 4096, 4096, 0, 0, 1);
    ring.submit();
    expect(reaped(ring)).toEqual([[1, -os.constants.errno.EFAULT]]);
  });

  it('wakes the event loop for what completes later', async () => {
    const ring = ringOnFile(2);
    // fsync(2) is never done inline: a thread of the kernel waits for it.
    const told = new Promise<[number, number][]>((resolve) => {
      const stop = watchReadable(ring.fd, () => {
        stop();
        resolve(reaped(ring));
      });
    });
    ring.prepare(RING_FSYNC, 0, 0, 0, 0, 5);
    ring.submit();
    expect(await told).toEqual([[5, 0]]);
  });
});
