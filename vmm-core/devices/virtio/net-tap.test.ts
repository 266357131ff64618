import { afterEach, beforeEach, expect, it } from 'vitest';
import { Tap } from '../../net/tap';
import { describeWithTap, TestNamespace } from '../../net/testing/namespace';
import { testFrame, Wire } from '../../net/testing/wire';
import {
  VIRTIO_NET_F_CTRL_VQ,
  VIRTIO_NET_F_GUEST_CSUM,
  VIRTIO_NET_F_GUEST_TSO4,
  VIRTIO_NET_F_MQ,
  VIRTIO_NET_F_MRG_RXBUF,
} from './net-features';
import { HEADER_BYTES } from './net-header';
import { NetGuest, type NetGuestOptions } from './testing/net-guest';

const DEADLINE_MS = 2000;

/** Lets the event loop turn until something is there. */
async function eventually<T>(what: string, look: () => T | undefined): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`no ${what} after ${DEADLINE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describeWithTap('a network device on a tap', () => {
  let namespace: TestNamespace;
  let guest: NetGuest;
  let wire: Wire;

  const start = (options: NetGuestOptions = {}, pairs = 1): void => {
    namespace.ip(`tuntap add tap0 mode tap${pairs > 1 ? ' multi_queue' : ''}`);
    namespace.ip('link set tap0 up');
    wire = new Wire('tap0');
    guest = new NetGuest(Tap.open('tap0', pairs), options).start();
  };
  const frameOf = (bytes: Buffer): Buffer => bytes.subarray(HEADER_BYTES);

  beforeEach(() => {
    namespace = TestNamespace.enter();
  });
  afterEach(() => {
    guest.release();
    wire.close();
    namespace.leave();
  });

  it('carries frames both ways', async () => {
    start();
    guest.offer(1600, 1600);
    wire.send(testFrame(1500, 1));
    const received = await eventually('frame', () => guest.takeFrame());
    expect(frameOf(received)).toEqual(testFrame(1500, 1));
    wire.send(testFrame(60, 2));
    expect(frameOf(await eventually('second frame', () => guest.takeFrame()))).toEqual(
      testFrame(60, 2),
    );
    guest.send(testFrame(1400, 3));
    expect(wire.receive()).toEqual(testFrame(1400, 3));
  });

  it('receives what came while the driver had no buffers', async () => {
    start({ size: 64 });
    for (let i = 0; i < 40; i++) wire.send(testFrame(100, i));
    guest.offer(...Array.from({ length: 40 }, () => 200));
    const frames: Buffer[] = [];
    await eventually('40 frames', () => {
      frames.push(...guest.takeFrames());
      return frames.length < 40 ? undefined : frames;
    });
    expect(frames.map(frameOf)).toEqual(frames.map((_, i) => testFrame(100, i)));
  });

  it('receives a large TCP segment whole, over many buffers', async () => {
    start({
      features: VIRTIO_NET_F_MRG_RXBUF | VIRTIO_NET_F_GUEST_CSUM | VIRTIO_NET_F_GUEST_TSO4,
      size: 64,
    });
    guest.offer(...Array.from({ length: 60 }, () => 1536));
    const sent = wire.sendLarge(60_000, 1448);
    const received = await eventually('segment', () => guest.takeFrame());
    expect([received[0], received[1], received.readUInt16LE(4)]).toEqual([1, 1, 1448]);
    // Only the checksum differs: the host prepares it for whoever completes it.
    sent.copy(received, HEADER_BYTES + 50, 50, 52);
    expect(frameOf(received)).toEqual(sent);
  });

  it('gets it cut up when the driver cannot cope with it', async () => {
    start({ features: VIRTIO_NET_F_MRG_RXBUF, size: 64 });
    guest.offer(...Array.from({ length: 60 }, () => 1536));
    wire.sendLarge(10_000, 1000);
    const frames: Buffer[] = [];
    await eventually('ten frames', () => {
      frames.push(...guest.takeFrames());
      return frames.length < 10 ? undefined : frames;
    });
    expect(frames.map((frame) => [frame.length, frame[0], frame[1]])).toEqual(
      frames.map(() => [HEADER_BYTES + 1054, 0, 0]),
    );
  });

  it('drops a frame with a header that makes no sense', () => {
    start();
    const bytes = Buffer.concat([Buffer.alloc(HEADER_BYTES, 0x77), testFrame(60)]);
    guest.tx.send({ data: bytes });
    guest.device.notify(1);
    guest.send(testFrame(61));
    expect(wire.receive()).toEqual(testFrame(61));
    expect(guest.device.counters()).toMatchObject({ txErrors: 1, txPackets: 1 });
  });

  it('drops frames while the interface of the host is down', () => {
    start();
    namespace.ip('link set tap0 down');
    guest.send(testFrame(60));
    namespace.ip('link set tap0 up');
    guest.send(testFrame(60));
    expect(guest.device.counters()).toMatchObject({ txDropped: 1, txPackets: 1 });
  });

  it('uses the second queue when the driver asks for it', () => {
    start({ features: VIRTIO_NET_F_MQ | VIRTIO_NET_F_CTRL_VQ }, 2);
    expect(guest.command(4, 0, 2, 0)).toBe(0);
    guest.transmit[1]?.send({ data: Buffer.concat([Buffer.alloc(HEADER_BYTES), testFrame(77)]) });
    guest.device.notify(3);
    expect(wire.receive()).toEqual(testFrame(77));
  });

  it('loses its link when the tap is removed', async () => {
    start();
    guest.offer(200);
    namespace.ip('link del tap0');
    await eventually('change', () => (guest.configChanges > 0 ? true : undefined));
    expect(guest.device.link).toBe('lost');
    guest.send(testFrame(60));
    expect(guest.device.counters()).toMatchObject({ txDropped: 1 });
  });

  it('may be set up by a driver, or lose its cable, after the tap was removed', async () => {
    start();
    guest.device.reset();
    namespace.ip('link del tap0');
    guest.device.setLink(false);
    guest.device.setLink(true);
    guest.start();
    guest.send(testFrame(60));
    expect(guest.device.link).toBe('lost');
    expect(guest.tx.takeUsed()).toHaveLength(1);
    expect(guest.device.config[6]).toBe(0);
  });

  it('has no carrier while its cable is out', () => {
    start({ linkUp: false });
    expect(namespace.ip('link show tap0')).toContain('NO-CARRIER');
    guest.device.setLink(true);
    expect(namespace.ip('link show tap0')).toContain('LOWER_UP');
  });
});
