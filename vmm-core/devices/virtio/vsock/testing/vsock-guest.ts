import { TestDriver } from '../../testing/driver';
import { turns } from '../../testing/hostile-chains';
import { VirtioVsock, type VsockOptions } from '../vsock';

const MiB = 2 ** 20;
const HEADER_BYTES = 44;

/** A packet, as either side puts it together. */
export interface Packet {
  readonly srcCid: number;
  readonly dstCid: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly length: number;
  readonly type: number;
  readonly op: number;
  readonly flags: number;
  readonly bufAlloc: number;
  readonly fwdCnt: number;
  readonly data: Buffer;
}

export const GUEST_CID = 42;
/** What a packet is when a test does not say otherwise. */
const USUAL: Packet = {
  srcCid: GUEST_CID,
  dstCid: 2,
  srcPort: 1000,
  dstPort: 80,
  length: 0,
  type: 1,
  op: 0,
  flags: 0,
  bufAlloc: MiB,
  fwdCnt: 0,
  data: Buffer.alloc(0),
};

/** A socket device and a guest that speaks with it packet by packet. */
export class VsockGuest {
  readonly device: VirtioVsock;
  rx: TestDriver;
  tx: TestDriver;
  events: TestDriver;
  private readonly received: Packet[] = [];

  constructor(options: Pick<VsockOptions, 'path' | 'maxConnections'>) {
    this.device = new VirtioVsock({ name: 'vsock', guestCid: GUEST_CID, ...options });
    this.rx = new TestDriver(128, {}, undefined, MiB);
    this.tx = new TestDriver(512, {}, this.rx.ram, 4 * MiB);
    this.events = new TestDriver(16, {}, this.rx.ram, 14 * MiB);
  }

  /** The driver says DRIVER_OK, with buffers of this size to receive into. */
  start(buffers = 16, size = 4096): this {
    this.device.activate({
      memory: this.rx.ram.memory,
      features: 1n,
      queues: [this.rx.queue, this.tx.queue, this.events.queue],
    });
    this.offer(buffers, size);
    return this;
  }

  /** The same device with another driver. */
  restart(buffers = 16): void {
    this.device.reset();
    const { ram } = this.rx;
    this.rx = new TestDriver(128, {}, ram, MiB);
    this.tx = new TestDriver(512, {}, ram, 4 * MiB);
    this.events = new TestDriver(16, {}, ram, 14 * MiB);
    this.received.length = 0;
    this.start(buffers);
  }

  /** Gives buffers to receive into. */
  offer(count: number, size = 4096): void {
    for (let i = 0; i < count; i++) this.rx.send({ space: size });
    this.device.notify(0);
  }

  /** Puts a packet into the ring, without a word. */
  put(fields: Partial<Packet>): number {
    const data = fields.data ?? Buffer.alloc(0);
    const header = headerOf({ ...USUAL, length: data.length, ...fields });
    return this.tx.send({ data: header }, ...(data.length === 0 ? [] : [{ data }]));
  }

  send(fields: Partial<Packet>): void {
    this.put(fields);
    this.device.notify(1);
  }

  /** What has come since; each buffer is given again at once. */
  take(): Packet[] {
    this.collect();
    return this.received.splice(0);
  }

  /** The next packet, whenever it comes. */
  async next(): Promise<Packet> {
    await until(() => {
      this.collect();
      return this.received.length > 0;
    });
    return this.received.shift() as Packet;
  }

  /** @throws Error when there is a packet that nobody waited for */
  async silence(): Promise<void> {
    await turns(20);
    const [packet] = this.take();
    if (packet !== undefined) throw new Error(`a packet of operation ${packet.op}`);
  }

  count(name: string): number | undefined {
    return this.device.counters()[name];
  }

  private collect(): void {
    const used = this.rx.takeUsed();
    for (const { head, written } of used) {
      this.received.push(packetOf(this.rx.bytesOf(head, 0).subarray(0, written)));
      this.rx.offer(head);
    }
    if (used.length > 0) this.device.notify(0);
  }

  async release(): Promise<void> {
    this.device.reset();
    await this.device.close();
    this.rx.release();
  }
}

/** Waits for what the event loop brings, not for timers, which may be fake ones. */
export async function until(isThere: () => boolean): Promise<void> {
  const deadline = process.hrtime.bigint() + 5_000_000_000n;
  while (!isThere()) {
    if (process.hrtime.bigint() > deadline) throw new Error('did not come in 5 s');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function headerOf(packet: Packet): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeBigUInt64LE(BigInt(packet.srcCid), 0);
  bytes.writeBigUInt64LE(BigInt(packet.dstCid), 8);
  bytes.writeUInt32LE(packet.srcPort, 16);
  bytes.writeUInt32LE(packet.dstPort, 20);
  bytes.writeUInt32LE(packet.length, 24);
  bytes.writeUInt16LE(packet.type, 28);
  bytes.writeUInt16LE(packet.op, 30);
  bytes.writeUInt32LE(packet.flags, 32);
  bytes.writeUInt32LE(packet.bufAlloc, 36);
  bytes.writeUInt32LE(packet.fwdCnt, 40);
  return bytes;
}

function packetOf(bytes: Buffer): Packet {
  return {
    srcCid: Number(bytes.readBigUInt64LE(0)),
    dstCid: Number(bytes.readBigUInt64LE(8)),
    srcPort: bytes.readUInt32LE(16),
    dstPort: bytes.readUInt32LE(20),
    length: bytes.readUInt32LE(24),
    type: bytes.readUInt16LE(28),
    op: bytes.readUInt16LE(30),
    flags: bytes.readUInt32LE(32),
    bufAlloc: bytes.readUInt32LE(36),
    fwdCnt: bytes.readUInt32LE(40),
    data: Buffer.from(bytes.subarray(HEADER_BYTES)),
  };
}
