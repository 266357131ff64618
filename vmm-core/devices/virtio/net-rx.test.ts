import os from 'node:os';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeBackend, type FakeQueue } from '../../net/testing/fake-backend';
import { testFrame } from '../../net/testing/wire';
import { VIRTIO_NET_F_GUEST_CSUM, VIRTIO_NET_F_MRG_RXBUF } from './net-features';
import { HEADER_BYTES, LARGEST_FRAME_BYTES } from './net-header';
import { NetGuest, type NetGuestOptions } from './testing/net-guest';

const { EIO } = os.constants.errno;
const MERGING = { features: VIRTIO_NET_F_MRG_RXBUF };

/** What a tap hands over: a header, of which it leaves the number of buffers alone, and a frame. */
function received(length: number, seed = 0): Buffer {
  return Buffer.concat([Buffer.alloc(HEADER_BYTES), testFrame(length - HEADER_BYTES, seed)]);
}

/** The same as the driver finds it. */
function delivered(length: number, seed = 0, buffers = 1): Buffer {
  const bytes = received(length, seed);
  bytes.writeUInt16LE(buffers, 10);
  return bytes;
}

describe('receiving', () => {
  let backend: FakeBackend;
  let frames: FakeQueue;
  let guest: NetGuest;

  const start = (options: NetGuestOptions = {}): void => {
    guest = new NetGuest(backend, options).start();
  };
  const counted = (name: string): number => guest.device.counters()[name] as number;

  beforeEach(() => {
    backend = new FakeBackend();
    frames = backend.queue(0);
  });
  afterEach(() => guest.release());

  it('puts a frame into a buffer and says that it is one', () => {
    start();
    const [head] = guest.offer(2000);
    frames.deliver(received(1000, 5));
    expect(guest.rx.takeUsed()).toEqual([{ head, written: 1000 }]);
    expect(guest.rx.bytesOf(head as number, 0).subarray(0, 1000)).toEqual(delivered(1000, 5));
    expect(guest.rx.interrupts).toBe(1);
    expect([counted('rxPackets'), counted('rxBytes')]).toEqual([1, 988]);
  });

  it('fills a chain of several buffers in their order, however the header is cut', () => {
    start();
    const head = guest.rx.send(
      { space: 7 },
      { space: 0 },
      { space: 4 },
      { space: 9 },
      { space: 90 },
    );
    guest.device.notify(0);
    frames.deliver(received(60, 1));
    expect(guest.rx.takeUsed()).toEqual([{ head, written: 60 }]);
    const all = Buffer.concat([0, 1, 2, 3, 4].map((index) => guest.rx.bytesOf(head, index)));
    expect(all.subarray(0, 60)).toEqual(delivered(60, 1));
  });

  it('spreads a frame over as many chains as it needs when buffers are merged', () => {
    start(MERGING);
    const heads = guest.offer(100, 100, 100, 100);
    frames.deliver(received(230, 1));
    expect(guest.rx.takeUsed()).toEqual([
      { head: heads[0], written: 100 },
      { head: heads[1], written: 100 },
      { head: heads[2], written: 30 },
    ]);
    expect(guest.rx.bytesOf(heads[0] as number, 0).readUInt16LE(10)).toBe(3);
    frames.deliver(received(40));
    expect(guest.rx.takeUsed()).toEqual([{ head: heads[3], written: 40 }]);
  });

  it('does not spread it otherwise: a frame too large is dropped, its buffer serves the next', () => {
    start();
    const heads = guest.offer(100, 100);
    frames.deliver(received(101), received(100, 2));
    expect(guest.rx.takeUsed()).toEqual([{ head: heads[0], written: 100 }]);
    expect(guest.rx.bytesOf(heads[0] as number, 0)).toEqual(delivered(100, 2));
    expect(counted('rxDropped')).toBe(1);
  });

  it('holds a frame that has begun until there are buffers for the rest', () => {
    start(MERGING);
    guest.offer(100, 50);
    frames.deliver(received(1000, 8), received(60, 9));
    expect(guest.rx.takeUsed()).toEqual([]);
    guest.offer(300);
    expect(guest.takeFrames()).toEqual([]);
    guest.offer(600, 60);
    expect(guest.takeFrames()).toEqual([delivered(1000, 8, 4), delivered(60, 9)]);
    expect(counted('rxDropped')).toBe(0);
  });

  it('does not hold it any longer than the cable is in', () => {
    start(MERGING);
    guest.offer(100);
    frames.deliver(received(200, 1));
    guest.device.setLink(false);
    guest.device.setLink(true);
    guest.offer(100, 100);
    expect(guest.takeFrames()).toEqual([]);
    frames.deliver(received(290, 2));
    expect(guest.takeFrames()).toEqual([delivered(290, 2, 3)]);
  });

  it('drops a frame for which the whole ring is too small', () => {
    start({ ...MERGING, size: 4 });
    guest.offer(100, 100, 100, 100);
    frames.deliver(received(401), received(400, 3));
    expect(guest.takeFrames()).toEqual([delivered(400, 3, 4)]);
    expect(counted('rxDropped')).toBe(1);
  });

  it('drops a held frame when the ring is full and it still does not fit', () => {
    start({ ...MERGING, size: 4 });
    guest.offer(100);
    frames.deliver(received(401), received(200, 3));
    guest.offer(100, 100, 100);
    expect(guest.takeFrames()).toEqual([delivered(200, 3, 2)]);
    expect(counted('rxDropped')).toBe(1);
  });

  it('takes the largest frame there is', () => {
    start({ ...MERGING, size: 64 });
    guest.offer(...Array.from({ length: 50 }, () => 1536));
    frames.deliver(received(LARGEST_FRAME_BYTES, 4));
    expect(guest.takeFrames()).toEqual([delivered(LARGEST_FRAME_BYTES, 4, 43)]);
  });

  it('shows the driver no checksum flags that it has not agreed to', () => {
    const flagged = received(60);
    flagged[0] = 2;
    const flagsWith = (features: bigint): number | undefined => {
      backend = new FakeBackend();
      const other = new NetGuest(backend, { features }).start();
      other.offer(100);
      backend.queue(0).deliver(Buffer.from(flagged));
      const flags = other.takeFrame()?.[0];
      other.release();
      return flags;
    };
    start();
    expect(flagsWith(0n)).toBe(0);
    expect(flagsWith(VIRTIO_NET_F_GUEST_CSUM)).toBe(2);
  });

  it('breaks the queue of a driver whose buffers hold no header', () => {
    start(MERGING);
    guest.offer(100, 11, 100);
    expect(guest.rx.brokenBy).toBe('11 bytes to receive into: no room for a header');
    frames.deliver(received(300), received(60));
    expect(guest.rx.takeUsed()).toEqual([]);
  });

  it('watches the tap only while there are buffers', () => {
    start();
    expect(frames.onReadable).toBeUndefined();
    guest.offer(100);
    expect(frames.onReadable).toBeDefined();
    frames.deliver(received(60), received(61));
    expect(guest.takeFrames()).toHaveLength(1);
    expect(frames.onReadable).toBeUndefined();
    expect(counted('rxNoBuffers')).toBe(2);
    guest.offer(100);
    expect(guest.takeFrames()).toEqual([delivered(61)]);
  });

  it('watches once for many frames', () => {
    start({ size: 64 });
    guest.offer(...Array.from({ length: 64 }, () => 100));
    for (let i = 0; i < 50; i++) frames.deliver(received(60));
    expect(guest.takeFrames()).toHaveLength(50);
    expect(frames.watchesBegun).toBe(1);
  });

  it('shows a burst at once and does no more than 64 frames in a turn', () => {
    start({ size: 128 });
    guest.offer(...Array.from({ length: 128 }, () => 100));
    frames.deliver(...Array.from({ length: 100 }, (_, i) => received(60, i)));
    expect(guest.rx.interrupts).toBe(1);
    expect(guest.takeFrames()).toHaveLength(64);
    frames.onReadable?.();
    expect(guest.takeFrames()).toHaveLength(36);
  });

  it('goes on for longer than its list of buffers is', () => {
    start({ ...MERGING, size: 32 });
    // Chains of one and of two buffers in turn, twenty at a time.
    const parts = (i: number): { space: number }[] =>
      i % 2 === 0 ? [{ space: 100 }] : [{ space: 50 }, { space: 50 }];
    const heads: number[] = [];
    const offer = (i: number): void => {
      heads.push(guest.rx.send(...parts(i)));
      guest.device.notify(0);
    };
    for (let i = 0; i < 20; i++) offer(i);
    for (let i = 0; i < 3000; i++) {
      frames.deliver(received(100, i));
      const head = heads[i] as number;
      expect(guest.rx.takeUsed()).toEqual([{ head, written: 100 }]);
      const bytes = parts(i).map((_, part) => guest.rx.bytesOf(head, part));
      expect(Buffer.concat(bytes)).toEqual(delivered(100, i));
      offer(20 + i);
    }
  });

  it('sees buffers that come in the moment in which it gives up waiting', () => {
    start();
    const { queue } = guest.rx;
    const enable = queue.enableNotifications.bind(queue);
    queue.enableNotifications = () => {
      queue.enableNotifications = enable;
      guest.rx.send({ space: 100 });
      return enable();
    };
    guest.device.notify(0);
    frames.deliver(received(60));
    expect(guest.takeFrames()).toHaveLength(1);
  });

  it('forgets what came before there was a driver', () => {
    frames.incoming.push(received(60, 1));
    start();
    guest.offer(100);
    frames.deliver(received(60, 2));
    expect(guest.takeFrames()).toEqual([delivered(60, 2)]);
  });

  it('counts what the host could not hand over, and goes on', () => {
    start();
    guest.offer(100);
    frames.deliver(EIO, received(60));
    expect(guest.takeFrames()).toHaveLength(1);
    expect(counted('rxErrors')).toBe(1);
  });

  it('does not end in a host that fails for ever', () => {
    start();
    guest.offer(100);
    frames.deliver(...Array.from({ length: 1000 }, () => EIO));
    expect(counted('rxErrors')).toBe(64);
  });

  it('delivers every frame whole and in its order, whatever buffers a driver has', () => {
    const size = 32;
    // A full ring holds any frame.
    const spaces = fc.array(fc.integer({ min: 100, max: 900 }), { minLength: 1, maxLength: 20 });
    const lengths = fc.array(fc.integer({ min: 26, max: 3000 }), { minLength: 1, maxLength: 30 });
    const bursts = fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 10 });
    start();
    fc.assert(
      fc.property(spaces, lengths, bursts, bursts, (rooms, wanted, offers, arrivals) => {
        const tap = new FakeBackend();
        const other = new NetGuest(tap, { ...MERGING, size }).start();
        const got: Buffer[] = [];
        let offered = 0;
        let taken = 0;
        const offer = (count: number): void => {
          for (let i = 0; i < count && offered - taken < size; i++) {
            other.offer(rooms[offered++ % rooms.length] as number);
          }
        };
        let sent = 0;
        for (let turn = 0; sent < wanted.length || got.length < wanted.length; turn++) {
          expect(turn).toBeLessThan(1000);
          // From time to time the driver fills its ring, so that nothing can wait for ever.
          offer(turn % 7 === 6 ? size : (offers[turn % offers.length] as number));
          const arriving = wanted.slice(
            sent,
            sent + (arrivals[turn % arrivals.length] as number) + 1,
          );
          tap.queue(0).deliver(...arriving.map((length, i) => received(length, sent + i)));
          sent += arriving.length;
          const arrived = other.takeFrames();
          for (const frame of arrived) taken += frame.readUInt16LE(10);
          got.push(...arrived);
        }
        other.release();
        for (const frame of got) frame.writeUInt16LE(0, 10);
        expect(got).toEqual(wanted.map((length, i) => received(length, i)));
      }),
      { numRuns: 60 },
    );
  });

  describe('at a limited rate', () => {
    beforeEach(() => {
      vi.useFakeTimers();
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    it('leaves frames to the host meanwhile', () => {
      start({ size: 64, limits: { rx: { operationsPerSecond: 100, burst: 30 } } });
      guest.offer(...Array.from({ length: 64 }, () => 100));
      frames.deliver(...Array.from({ length: 20 }, (_, i) => received(60, i)));
      expect(guest.takeFrames()).toHaveLength(3);
      expect(frames.onReadable).toBeUndefined();
      vi.advanceTimersByTime(100);
      expect(guest.takeFrames()).toHaveLength(10);
      vi.advanceTimersByTime(1000);
      expect(guest.takeFrames()).toHaveLength(7);
      expect(frames.onReadable).toBeDefined();
    });

    it('books the bytes of frames, not of headers', () => {
      start({ size: 64, limits: { rx: { bytesPerSecond: 48_000, burst: 1 } } });
      guest.offer(...Array.from({ length: 64 }, () => 100));
      frames.deliver(...Array.from({ length: 60 }, () => received(HEADER_BYTES + 48)));
      expect(guest.takeFrames()).toHaveLength(1);
      vi.advanceTimersByTime(40);
      expect(guest.takeFrames()).toHaveLength(40);
    });

    it('starts no second turn when the driver rings meanwhile', () => {
      start({ limits: { rx: { operationsPerSecond: 10, burst: 100 } } });
      guest.offer(100, 100);
      frames.deliver(received(60), received(60));
      guest.offer(100);
      expect(guest.takeFrames()).toHaveLength(1);
    });

    it('stops waiting when the device is reset', () => {
      start({ limits: { rx: { operationsPerSecond: 10, burst: 100 } } });
      guest.offer(100, 100);
      frames.deliver(received(60), received(60));
      guest.device.reset();
      expect(vi.getTimerCount()).toBe(0);
    });
  });
});
