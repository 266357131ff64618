import os from 'node:os';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeBackend, type FakeQueue } from '../../net/testing/fake-backend';
import { testFrame } from '../../net/testing/wire';
import { HEADER_BYTES, LARGEST_FRAME_BYTES } from './net-header';
import { NetGuest, type NetGuestOptions } from './testing/net-guest';

const { EAGAIN, EINVAL, EIO } = os.constants.errno;

/** A frame behind a header of zeros, as the host is to get it. */
function withHeader(frame: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(HEADER_BYTES), frame]);
}

describe('transmitting', () => {
  let backend: FakeBackend;
  let frames: FakeQueue;
  let guest: NetGuest;

  const start = (options: NetGuestOptions = {}): void => {
    guest = new NetGuest(backend, options).start();
  };
  const counted = (name: string): number => guest.device.counters()[name] as number;
  const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    backend = new FakeBackend();
    frames = backend.queue(0);
  });
  afterEach(() => guest.release());

  it('hands the host one frame of all its buffers, header first', () => {
    start();
    const header = Buffer.from('01000000000000000000ffff', 'hex');
    const frame = testFrame(1000);
    const head = guest.tx.send(
      { data: header },
      { data: frame.subarray(0, 14) },
      { data: '' },
      { data: frame.subarray(14) },
    );
    guest.device.notify(1);
    expect(frames.outgoing).toEqual([Buffer.concat([header, frame])]);
    expect(frames.lastCount).toBe(3);
    expect(guest.tx.takeUsed()).toEqual([{ head, written: 0 }]);
    expect([counted('txPackets'), counted('txBytes')]).toEqual([1, 1000]);
  });

  it('sends what was in the ring before the driver was ready', () => {
    guest = new NetGuest(backend);
    guest.tx.send({ data: withHeader(testFrame(60)) });
    guest.start();
    expect(frames.outgoing).toHaveLength(1);
  });

  it.each([
    ['has no header', { data: 'short' }],
    ['has no addresses', { data: Buffer.alloc(HEADER_BYTES + 13) }],
    ['is larger than any frame', { data: Buffer.alloc(LARGEST_FRAME_BYTES + 1) }],
    ['is room to write', { space: 100 }],
  ])('drops and counts what %s', (_what, buffer) => {
    start();
    const head = guest.tx.send(buffer);
    guest.device.notify(1);
    expect(guest.tx.takeUsed()).toEqual([{ head, written: 0 }]);
    expect(frames.outgoing).toEqual([]);
    expect(counted('txErrors')).toBe(1);
  });

  it('goes on behind a frame that the host refuses', () => {
    start();
    frames.refusals.push(EINVAL, EIO);
    for (let i = 0; i < 3; i++) guest.tx.send({ data: withHeader(testFrame(60, i)) });
    guest.device.notify(1);
    expect(frames.outgoing).toEqual([withHeader(testFrame(60, 2))]);
    expect(guest.tx.takeUsed()).toHaveLength(3);
    // A malformed header is the driver's fault, an interface that is down is not.
    expect([counted('txErrors'), counted('txDropped')]).toEqual([1, 1]);
  });

  it('waits for a host that is full, and loses nothing', () => {
    start();
    guest.send(testFrame(60, 0));
    frames.refusals.push(EAGAIN);
    guest.send(testFrame(60, 1));
    expect(guest.tx.takeUsed()).toHaveLength(1);
    guest.send(testFrame(60, 2));
    expect(frames.outgoing).toHaveLength(1);
    frames.onWritable?.();
    expect(frames.outgoing).toEqual([0, 1, 2].map((seed) => withHeader(testFrame(60, seed))));
    expect(guest.tx.takeUsed()).toHaveLength(2);
    expect(frames.onWritable).toBeUndefined();
    expect(counted('txHostFull')).toBe(1);
  });

  it('sees a frame that comes in the moment in which it gives up looking', () => {
    start();
    const { queue } = guest.tx;
    const enable = queue.enableNotifications.bind(queue);
    queue.enableNotifications = () => {
      queue.enableNotifications = enable;
      guest.tx.send({ data: withHeader(testFrame(60)) });
      return enable();
    };
    guest.device.notify(1);
    expect(guest.tx.takeUsed()).toHaveLength(1);
  });

  it('does no more than 64 frames in a turn, and goes on by itself', async () => {
    start({ size: 128 });
    for (let i = 0; i < 100; i++) guest.tx.send({ data: withHeader(testFrame(60)) });
    guest.device.notify(1);
    expect(frames.outgoing).toHaveLength(64);
    expect(guest.tx.takeUsed()).toHaveLength(64);
    expect(guest.tx.interrupts).toBe(1);
    guest.device.notify(1);
    expect(frames.outgoing).toHaveLength(64);
    await nextTurn();
    expect(frames.outgoing).toHaveLength(100);
    expect(guest.tx.takeUsed()).toHaveLength(36);
  });

  it('forgets its next turn when the device is reset', async () => {
    start({ size: 128 });
    for (let i = 0; i < 100; i++) guest.tx.send({ data: withHeader(testFrame(60)) });
    guest.device.notify(1);
    guest.device.reset();
    await nextTurn();
    expect(frames.outgoing).toHaveLength(64);
  });

  describe('at a limited rate', () => {
    beforeEach(() => {
      vi.useFakeTimers();
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    it('leaves frames in the ring meanwhile', () => {
      start({ size: 64, limits: { tx: { bytesPerSecond: 100_000, burst: 10 } } });
      for (let i = 0; i < 30; i++) guest.tx.send({ data: withHeader(testFrame(500, i)) });
      guest.device.notify(1);
      expect(frames.outgoing).toHaveLength(2);
      expect(guest.tx.takeUsed()).toHaveLength(2);
      // One at once, for which it then owes, and another every five milliseconds.
      vi.advanceTimersByTime(51);
      expect(frames.outgoing).toHaveLength(2 + 11);
      vi.advanceTimersByTime(1000);
      expect(frames.outgoing).toHaveLength(30);
    });

    it('drops at once what has no link, whatever the rate', () => {
      start({ size: 64, limits: { tx: { operationsPerSecond: 10, burst: 100 } } });
      for (let i = 0; i < 30; i++) guest.tx.send({ data: withHeader(testFrame(500, i)) });
      guest.device.notify(1);
      guest.device.setLink(false);
      expect(guest.tx.takeUsed()).toHaveLength(30);
      expect([frames.outgoing.length, counted('txDropped')]).toEqual([1, 29]);
      expect(vi.getTimerCount()).toBe(0);
    });
  });
});
