import fs from 'node:fs';
import os from 'node:os';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NativeBuffer } from '../sys/native-buffer';
import { EBADFD, NO_OFFLOADS } from './backend';
import { findLink } from './link';
import { Tap } from './tap';
import { TapError } from './tap-open';
import { describeWithTap, TestNamespace } from './testing/namespace';
import { tcpFrame, testFrame, Wire } from './testing/wire';

const { EAGAIN, EINVAL } = os.constants.errno;
const HEADER_BYTES = 12;
const BUFFER_BYTES = 70_000;
const ALL_OFFLOADS = { checksum: true, tso4: true, tso6: true, ecn: true, uso: true };

/** One piece of memory for a frame and its header, and the iovec that names it. */
class FrameBuffer {
  private readonly memory = new NativeBuffer(BUFFER_BYTES);
  private readonly iovec = new NativeBuffer(16);

  /** @returns the frame with its header, or a negative errno */
  receive(tap: Tap, queue = 0): Buffer | number {
    this.aim(BUFFER_BYTES);
    const got = queueOf(tap, queue).receive(this.iovec.address, 1);
    return got < 0 ? got : Buffer.from(this.memory.bytes.slice(0, got));
  }

  send(tap: Tap, bytes: Buffer, queue = 0): number {
    this.memory.bytes.set(bytes);
    this.aim(bytes.length);
    return queueOf(tap, queue).send(this.iovec.address, 1);
  }

  private aim(length: number): void {
    this.iovec.u64[0] = BigInt(this.memory.address);
    this.iovec.u64[1] = BigInt(length);
  }
}

function queueOf(tap: Tap, index: number): Tap['queues'][number] {
  const queue = tap.queues[index];
  if (queue === undefined) throw new RangeError(`queue ${index}`);
  return queue;
}

function refusalOf(open: () => Tap): TapError {
  try {
    open().close();
  } catch (error) {
    if (error instanceof TapError) return error;
    throw error;
  }
  throw new Error('the tap could be opened');
}

describeWithTap('a tap', () => {
  let namespace: TestNamespace;
  const opened: { close(): void }[] = [];
  const buffer = new FrameBuffer();

  const open = (name: string, queues?: number): Tap => {
    const tap = Tap.open(name, queues);
    opened.push(tap);
    return tap;
  };
  const wireOf = (name: string): Wire => {
    const wire = new Wire(name);
    opened.push(wire);
    return wire;
  };
  const make = (name: string, options = ''): void => {
    namespace.ip(`tuntap add ${name} mode tap${options}`);
    namespace.ip(`link set ${name} up`);
  };

  beforeEach(() => {
    namespace = TestNamespace.enter();
  });
  afterEach(() => {
    for (const thing of opened.splice(0)) thing.close();
    namespace.leave();
  });

  it('carries frames both ways, each behind a header of 12 bytes', () => {
    make('tap0');
    const tap = open('tap0');
    const wire = wireOf('tap0');
    wire.send(testFrame(1000, 3));
    const received = buffer.receive(tap);
    expect(received).toEqual(Buffer.concat([Buffer.alloc(HEADER_BYTES), testFrame(1000, 3)]));

    const sent = Buffer.concat([Buffer.alloc(HEADER_BYTES), testFrame(600, 9)]);
    expect(buffer.send(tap, sent)).toBe(HEADER_BYTES + 600);
    expect(wire.receive()).toEqual(testFrame(600, 9));
  });

  it('does not wait for a frame', () => {
    make('tap0');
    expect(buffer.receive(open('tap0'))).toBe(-EAGAIN);
  });

  it('wakes the event loop when a frame has come', async () => {
    make('tap0');
    const tap = open('tap0');
    const wire = wireOf('tap0');
    const frame = await new Promise<Buffer | number>((resolve) => {
      const stop = queueOf(tap, 0).watchReadable(() => {
        stop();
        resolve(buffer.receive(tap));
      });
      wire.send(testFrame(100));
    });
    expect(frame).toHaveLength(HEADER_BYTES + 100);
  });

  it('says that it can be written, while it is watched for reading', async () => {
    make('tap0');
    const queue = queueOf(open('tap0'), 0);
    const stopReading = queue.watchReadable(() => undefined);
    await new Promise<void>((resolve) => {
      const stop = queue.watchWritable(() => {
        stop();
        resolve();
      });
    });
    stopReading();
  });

  it('throws away what has gathered', () => {
    make('tap0');
    const tap = open('tap0');
    const wire = wireOf('tap0');
    for (let i = 0; i < 20; i++) wire.send(testFrame(1500));
    queueOf(tap, 0).discard();
    expect(buffer.receive(tap)).toBe(-EAGAIN);
  });

  it('refuses a header that makes no sense', () => {
    make('tap0');
    const bytes = Buffer.concat([Buffer.alloc(HEADER_BYTES), testFrame(60)]);
    bytes[1] = 0x77;
    expect(buffer.send(open('tap0'), bytes)).toBe(-EINVAL);
  });

  it('hands over large segments whole only to who can cope with them', () => {
    make('tap0');
    const tap = open('tap0');
    const wire = wireOf('tap0');
    const large = (): (number | Buffer)[] => {
      wire.sendLarge(4000, 1000);
      const frames: (number | Buffer)[] = [];
      for (let frame = buffer.receive(tap); frame !== -EAGAIN; frame = buffer.receive(tap)) {
        frames.push(frame);
      }
      return frames;
    };
    const lengths = (frames: (number | Buffer)[]): number[] =>
      frames.map((frame) => (typeof frame === 'number' ? frame : frame.length));

    const pieces = large();
    expect(lengths(pieces)).toEqual([1066, 1066, 1066, 1066]);
    expect(pieces.map((frame) => (frame as Buffer)[0])).toEqual([0, 0, 0, 0]);
    tap.setReceiveOffloads(ALL_OFFLOADS);
    const whole = large();
    expect(lengths(whole)).toEqual([4066]);
    expect((whole[0] as Buffer)[1]).toBe(1);
    tap.setReceiveOffloads({ ...ALL_OFFLOADS, tso4: false });
    expect(lengths(large())).toHaveLength(4);
    tap.setReceiveOffloads({ ...ALL_OFFLOADS, checksum: false });
    expect(large().map((frame) => (frame as Buffer)[0])).toEqual([0, 0, 0, 0]);
  });

  it('takes any wish for offloads, also such as the kernel would refuse', () => {
    make('tap0');
    const tap = open('tap0');
    const wishes = Array.from({ length: 32 }, (_, bits) => ({
      checksum: (bits & 1) !== 0,
      tso4: (bits & 2) !== 0,
      tso6: (bits & 4) !== 0,
      ecn: (bits & 8) !== 0,
      uso: (bits & 16) !== 0,
    }));
    for (const wish of [...wishes, NO_OFFLOADS]) tap.setReceiveOffloads(wish);
    expect(wishes).toHaveLength(32);
  });

  it('shows the host whether the cable is in', () => {
    make('tap0');
    const tap = open('tap0');
    expect(namespace.ip('link show tap0')).toContain('LOWER_UP');
    tap.setCarrier(false);
    expect(namespace.ip('link show tap0')).toContain('NO-CARRIER');
    tap.setCarrier(true);
    expect(namespace.ip('link show tap0')).toContain('LOWER_UP');
  });

  it('is made, brought up and taken away again where there was none', () => {
    const tap = Tap.open('fresh');
    expect(namespace.ip('link show fresh')).toContain(',UP');
    tap.close();
    expect(findLink('fresh')).toBeUndefined();
  });

  it('deals out the frames among the queues in use, each flow to one', () => {
    make('tap0', ' multi_queue');
    const tap = open('tap0', 3);
    const wire = wireOf('tap0');
    const receivedBy = (): number[] => {
      for (let port = 1; port <= 60; port++) wire.send(tcpFrame(100, port));
      return tap.queues.map((_queue, index) => {
        let frames = 0;
        while (buffer.receive(tap, index) !== -EAGAIN) frames += 1;
        return frames;
      });
    };
    expect(receivedBy()).toEqual([60, 0, 0]);
    tap.activateQueues(3);
    const dealt = receivedBy();
    expect(dealt.every((frames) => frames > 0)).toBe(true);
    expect(dealt.reduce((sum, frames) => sum + frames)).toBe(60);
    tap.activateQueues(1);
    expect(receivedBy()).toEqual([60, 0, 0]);
  });

  it('sends from each of its queues', () => {
    make('tap0', ' multi_queue');
    const tap = open('tap0', 2);
    const wire = wireOf('tap0');
    tap.activateQueues(2);
    const frame = Buffer.concat([Buffer.alloc(HEADER_BYTES), testFrame(90)]);
    expect(buffer.send(tap, frame, 1)).toBe(HEADER_BYTES + 90);
    expect(wire.receive()).toEqual(testFrame(90));
  });

  it('made for several queues can be opened for one', () => {
    make('tap0', ' multi_queue');
    const wire = wireOf('tap0');
    const tap = open('tap0');
    wire.send(testFrame(80));
    expect(buffer.receive(tap)).toHaveLength(HEADER_BYTES + 80);
  });

  it('that is removed says so', () => {
    make('tap0');
    const tap = open('tap0');
    namespace.ip('link del tap0');
    expect(buffer.receive(tap)).toBe(-EBADFD);
  });

  it.each([
    ['', 1],
    [' multi_queue', 1],
    [' multi_queue', 2],
  ])(
    'made with "%s" and open already is refused for %i queues, and goes on working',
    (options, queues) => {
      make('tap0', options);
      const first = open('tap0', queues);
      const refused = refusalOf(() => Tap.open('tap0', queues));
      expect(refused.message).toBe('tap tap0 is in use by another process');
      wireOf('tap0').send(testFrame(70));
      expect(buffer.receive(first)).toHaveLength(HEADER_BYTES + 70);
    },
  );

  it('is not any network interface', () => {
    expect(refusalOf(() => Tap.open('lo')).message).toBe('network interface lo is not a tap');
    namespace.ip('tuntap add tun0 mode tun');
    expect(refusalOf(() => Tap.open('tun0')).message).toBe('network interface tun0 is not a tap');
  });

  it('for one queue is refused for two, with the command that makes it right', () => {
    make('tap0');
    const refused = refusalOf(() => Tap.open('tap0', 2));
    expect(refused.message).toBe('tap tap0 was made for one queue, not for 2');
    expect(refused.hint).toContain('ip tuntap add tap0 mode tap user');
    expect(refused.hint).toContain('multi_queue');
  });

  it('needs rights, or one made beforehand for this user', () => {
    namespace.ip('tuntap add mine mode tap user 65534');
    namespace.ip('tuntap add theirs mode tap user 0');
    // Everybody may open the device on an ordinary host; what it then does is the kernel's to say.
    const { mode } = fs.statSync('/dev/net/tun');
    const opening = (name: string): TapError => {
      fs.chmodSync('/dev/net/tun', 0o666);
      process.seteuid?.(65_534);
      try {
        return refusalOf(() => Tap.open(name));
      } finally {
        process.seteuid?.(0);
        fs.chmodSync('/dev/net/tun', mode);
      }
    };
    const none = opening('none');
    expect(none.message).toBe('there is no tap none, and this process may not make one');
    expect(none.hint).toContain('ip tuntap add none mode tap user');
    expect(opening('theirs').message).toBe('tap theirs belongs to another user');
    expect(() => opening('mine')).toThrow('the tap could be opened');
  });

  it('leaves no descriptor open when it is refused', () => {
    make('tap0', ' multi_queue');
    open('tap0', 2);
    const before = fs.readdirSync('/proc/self/fd').length;
    refusalOf(() => Tap.open('tap0', 4));
    refusalOf(() => Tap.open('lo'));
    expect(fs.readdirSync('/proc/self/fd')).toHaveLength(before);
  });
});
