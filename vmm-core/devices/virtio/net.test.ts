import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EBADFD } from '../../net/backend';
import { FakeBackend, type FakeQueue } from '../../net/testing/fake-backend';
import { testFrame } from '../../net/testing/wire';
import { VirtioNet } from './net';
import { VIRTIO_NET_F_MQ, VIRTIO_NET_F_MRG_RXBUF } from './net-features';
import { HEADER_BYTES } from './net-header';
import { NetGuest, type NetGuestOptions, TEST_MAC } from './testing/net-guest';

/** Bits of virtio 1.2, 5.1.3, by their numbers. */
const bits = (features: bigint): number[] =>
  Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => (features >> BigInt(bit)) & 1n);

describe('a network device', () => {
  let backend: FakeBackend;
  let frames: FakeQueue;
  let guest: NetGuest;

  const start = (options: NetGuestOptions = {}): void => {
    guest = new NetGuest(backend, options).start();
  };
  const status = (): number | undefined => guest.device.config[6];
  const counted = (name: string): number => guest.device.counters()[name] as number;
  const frame = (seed: number): Buffer =>
    Buffer.concat([Buffer.alloc(HEADER_BYTES), testFrame(60, seed)]);
  const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    backend = new FakeBackend();
    frames = backend.queue(0);
  });
  afterEach(() => guest?.release());

  it('offers what it and the host can do', () => {
    const features = (pairs: number, options: NetGuestOptions, hasUso = true): number[] => {
      const tap = new FakeBackend(pairs);
      tap.hasUso = hasUso;
      const { mtu, offloads = true } = options;
      return bits(
        new VirtioNet(tap, {
          name: 'net0',
          mac: TEST_MAC,
          offloads,
          linkUp: true,
          ...(mtu === undefined ? {} : { mtu }),
        }).features,
      );
    };
    const plain = [5, 15, 16, 17, 18];
    const offloads = [0, 1, 2, 7, 8, 9, 11, 12, 13];
    const sorted = (...all: number[]): number[] => all.sort((a, b) => a - b);
    start();
    expect(features(1, { offloads: false })).toEqual(plain);
    expect(features(1, {}, false)).toEqual(sorted(...plain, ...offloads));
    expect(features(1, {})).toEqual(sorted(...plain, ...offloads, 54, 55, 56));
    expect(features(4, { offloads: false, mtu: 9000 })).toEqual(sorted(...plain, 3, 22));
  });

  it('has its address, link, pairs and MTU in its configuration space', () => {
    backend = new FakeBackend(4);
    start({ mtu: 9000 });
    expect([...guest.device.config]).toEqual([2, 0, 0, 0, 0, 9, 1, 0, 4, 0, 0x28, 0x23]);
    expect(guest.device.type).toBe(1);
    expect(guest.device.queueSizes).toEqual([256, 256, 256, 256, 256, 256, 256, 256, 64]);
  });

  it('serves the pairs that the driver has asked for', () => {
    backend = new FakeBackend(2);
    const [first, second] = [backend.queue(0), backend.queue(1)];
    start({ features: VIRTIO_NET_F_MQ });
    const [rx, tx] = [guest.receive[1], guest.transmit[1]];
    rx?.send({ space: 100 });
    tx?.send({ data: frame(1) });
    guest.device.notify(2);
    guest.device.notify(3);
    expect([second.onReadable, second.outgoing.length]).toEqual([undefined, 0]);
    guest.command(4, 0, 2, 0);
    guest.device.notify(0);
    second.deliver(frame(2));
    expect(rx?.takeUsed()).toHaveLength(1);
    tx?.send({ data: frame(3) });
    guest.device.notify(3);
    expect(second.outgoing).toHaveLength(1);
    expect(first.outgoing).toHaveLength(0);
    guest.command(4, 0, 1, 0);
    expect(second.onReadable).toBeUndefined();
  });

  it('with its cable out drops what is sent and receives nothing', () => {
    start();
    guest.offer(100, 100);
    guest.device.setLink(false);
    expect([status(), backend.carrier, guest.configChanges]).toEqual([0, false, 1]);
    expect(frames.onReadable).toBeUndefined();
    guest.send(testFrame(60));
    expect(guest.tx.takeUsed()).toHaveLength(1);
    expect([frames.outgoing.length, counted('txDropped'), guest.device.link]).toEqual([
      0,
      1,
      'down',
    ]);
    guest.device.notify(0);
    expect(frames.onReadable).toBeUndefined();

    frames.deliver(frame(1));
    guest.device.setLink(true);
    expect([status(), backend.carrier, guest.configChanges]).toEqual([1, true, 2]);
    frames.deliver(frame(2));
    expect(guest.takeFrames().map((bytes) => bytes.subarray(HEADER_BYTES))).toEqual([
      testFrame(60, 2),
    ]);
    guest.send(testFrame(60));
    expect(frames.outgoing).toHaveLength(1);
  });

  it('tells nobody of a link that has not changed', () => {
    start({ linkUp: false });
    expect([status(), backend.carrier]).toEqual([0, false]);
    guest.device.setLink(false);
    expect(guest.configChanges).toBe(0);
  });

  it('drops what is in the ring when a machine starts without a link', () => {
    guest = new NetGuest(backend, { linkUp: false });
    guest.tx.send({ data: frame(1) });
    guest.start();
    expect(guest.tx.takeUsed()).toHaveLength(1);
    expect(frames.outgoing).toEqual([]);
  });

  it.each(['receiving', 'transmitting'])(
    'that finds its tap removed while %s has no link any more',
    async (doing) => {
      start();
      guest.offer(100);
      frames.refusals.push(EBADFD);
      if (doing === 'receiving') frames.deliver(EBADFD);
      else guest.send(testFrame(60));
      await nextTurn();
      expect([status(), guest.configChanges, frames.onReadable]).toEqual([0, 1, undefined]);
      backend.setCarrier = () => {
        throw new Error('no tap');
      };
      guest.device.setLink(false);
      guest.device.setLink(true);
      expect(status()).toBe(0);
      guest.send(testFrame(60));
      expect(frames.outgoing).toEqual([]);
    },
  );

  it('gives every frame back once when it finds its tap removed', async () => {
    start();
    frames.refusals.push(EBADFD);
    const heads = [1, 2, 3].map((seed) => guest.tx.send({ data: frame(seed) }));
    guest.device.notify(1);
    await nextTurn();
    heads.push(guest.send(testFrame(60)));
    expect(guest.tx.takeUsed().map(({ head }) => head)).toEqual(heads);
  });

  it('touches nothing of the driver once it is reset, and serves the next driver', () => {
    start();
    guest.offer(100, 100);
    guest.device.reset();
    frames.deliver(frame(1));
    guest.tx.send({ data: frame(1) });
    guest.device.notify(0);
    guest.device.notify(1);
    expect([guest.rx.takeUsed(), guest.tx.takeUsed()]).toEqual([[], []]);
    expect(frames.onReadable).toBeUndefined();
    guest.device.reset();

    const next = new NetGuest(backend);
    next.start();
    next.offer(100);
    frames.deliver(frame(2));
    expect(next.takeFrames()).toHaveLength(1);
    next.release();
  });

  it('survives any driver, and does a bounded amount of work for it', () => {
    const size = 8;
    const RAM_END = 16 * 2 ** 20;
    const descriptor = fc.record({
      gpa: fc.oneof(fc.nat({ max: 64 }), fc.integer({ min: RAM_END - 70_000, max: RAM_END + 8 })),
      length: fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 70_000 }), fc.constant(0xffff_ffff)),
      flags: fc.integer({ min: 0, max: 7 }),
      next: fc.nat({ max: size }),
    });
    const table = fc.array(descriptor, { minLength: size, maxLength: size });
    const heads = fc.array(fc.nat({ max: size }), { maxLength: size });
    const lengths = fc.array(fc.integer({ min: 1, max: 66_000 }), { maxLength: 4 });
    const features = fc.constantFrom(0n, VIRTIO_NET_F_MRG_RXBUF);
    start();
    fc.assert(
      fc.property(
        table,
        heads,
        lengths,
        features,
        fc.boolean(),
        (entries, offered, wires, bits, isWrite) => {
          const tap = new FakeBackend();
          const hostile = new NetGuest(tap, { features: bits, size }).start();
          for (const driver of [hostile.rx, hostile.tx, hostile.control]) {
            for (const [index, { gpa, length, flags, next }] of entries.entries()) {
              // Mostly of the direction that the queue is for, so that it gets on to the frames.
              const direction = driver === hostile.rx && isWrite ? flags | 2 : flags;
              driver.writeDescriptor(index, gpa, length, direction, next);
            }
            for (const head of offered) driver.offer(head);
          }
          for (const queue of [0, 1, 2, 3, 99]) hostile.device.notify(queue);
          tap.queue(0).deliver(...wires.map((length) => Buffer.alloc(length)));
          hostile.device.setLink(false);
          hostile.device.setLink(true);
          expect(tap.queue(0).outgoing.length).toBeLessThanOrEqual(size);
          expect(hostile.rx.queue.pushed).toBeLessThanOrEqual(hostile.rx.queue.popped);
          hostile.release();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('gives the tap back when it is closed', () => {
    start();
    guest.device.reset();
    guest.device.close();
    expect(backend.isClosed).toBe(true);
  });
});
