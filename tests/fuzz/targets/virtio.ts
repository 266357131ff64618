import type { VirtioDevice } from '../../../vmm-core/devices/virtio/virtio-device';
import { VirtioPci } from '../../../vmm-core/devices/virtio/virtio-pci';
import { MemoryBus } from '../../../vmm-core/machine/bus';
import { GuestRam } from '../../../vmm-core/memory/guest-memory';
import { PciBus } from '../../../vmm-core/pci/pci-bus';
import type { Random } from '../random';
import type { FuzzTarget } from '../target';

const MiB = 2 ** 20;
const RAM_BYTES = 16 * MiB;
const WINDOW = { base: 0xc000_0000, size: MiB };
const DEVICE_1 = 1 << 15;
const STEPS = 500;
/** How seldom a field breaks the rules, so that queues live long enough to get somewhere. */
const RARE = 2000;
const INDIRECT_BYTES = 64;
/** Rings and indirect tables are here; buffers everywhere. */
const TABLES = MiB;
const TABLE_BYTES = 0x4000;

const NEEDS_RESET = 64;
const STATUS = 0x14;
const QUEUE_SELECT = 0x16;
const QUEUE_SIZE = 0x18;
const QUEUE_ENABLE = 0x1c;
const NOTIFY = 0x3000;

/** What the chains of one queue are nearly always like. */
export interface ChainShape {
  /** Only to write, only to read, to read and then to write, or any of these. */
  readonly buffers: 'in' | 'out' | 'request' | 'any';
  /** What the first buffer holds. */
  readonly header?: (random: Random) => Uint8Array;
}

const ANY: ChainShape = { buffers: 'any' };

/**
 * A device on the bus in the hands of a hostile driver: rings, descriptors and indirect tables full
 * of nonsense, registers written in any order and width, resets in between. Nothing may throw, and
 * a device that is reset must come back to life.
 */
export class VirtioTarget implements FuzzTarget {
  private readonly ram = new GuestRam(RAM_BYTES);
  private readonly memory = new MemoryBus();
  private readonly bus: PciBus;
  private readonly pci: VirtioPci;
  private readonly bar: number;
  private indexes: number[] = [];
  private brokenBefore = 0;

  constructor(
    readonly name: string,
    readonly device: VirtioDevice,
    /** What the driver of such a device would do, so that nonsense gets behind its first checks. */
    private readonly shapeOf: (queue: number) => ChainShape = () => ANY,
  ) {
    this.bus = new PciBus(this.memory, WINDOW, {
      widest: 1,
      read: () => 0,
      write: () => undefined,
    });
    this.pci = new VirtioPci(device, {
      memory: this.ram.memory,
      msi: { newLine: () => ({ trigger: () => undefined, setMessage: () => undefined }) },
      doorbells: { place: () => undefined },
    });
    this.bus.add(this.pci);
    this.bus.ecam.write(DEVICE_1 | 4, 2, 6);
    this.bar = this.bus.ecam.read(DEVICE_1 | 0x10, 4);
  }

  async round(random: Random): Promise<number> {
    await this.start(random);
    for (let step = 0; step < STEPS && !this.needsReset(); step++) this.step(random);
    const served = this.pci.transport.liveQueues.reduce((sum, q) => sum + (q?.popped ?? 0), 0);
    await new Promise((resolve) => setImmediate(resolve));
    const { brokenQueues } = this.pci.transport;
    const operations = served + brokenQueues - this.brokenBefore;
    this.brokenBefore = brokenQueues;
    return operations;
  }

  close(): void {
    this.device.close();
    this.ram.release();
  }

  /** A reset, then a driver that negotiates and places its rings as it should, nearly always. */
  private async start(random: Random): Promise<void> {
    this.write(STATUS, 1, 0);
    for (let turns = 0; this.read(STATUS, 1) !== 0; turns++) {
      if (turns > 1000) throw new Error('the device does not come out of its reset');
      await new Promise((resolve) => setTimeout(resolve, turns > 10 ? 1 : 0));
    }
    this.write(STATUS, 1, 3);
    this.write(0x08, 4, 0);
    this.write(0x0c, 4, this.offered(0) & (random.oneIn(2) ? 0xffff_ffff : random.u32()));
    this.write(0x08, 4, 1);
    this.write(0x0c, 4, random.oneIn(50) ? random.u32() : 1);
    this.write(STATUS, 1, 11);
    this.indexes = this.pci.transport.queues.map(() => 0);
    for (let queue = 0; queue < this.indexes.length; queue++) {
      this.write(QUEUE_SELECT, 2, queue);
      this.write(QUEUE_SIZE, 2, random.oneIn(50) ? random.u32() & 0xffff : 8);
      const base = TABLES + queue * TABLE_BYTES;
      this.ram.memory.bytes(base, TABLE_BYTES).fill(0);
      this.write(0x20, 4, random.oneIn(100) ? random.hostile() : base);
      this.write(0x28, 4, random.oneIn(100) ? random.hostile() : base + 0x1000);
      this.write(0x30, 4, random.oneIn(100) ? random.hostile() : base + 0x2000);
      this.write(QUEUE_ENABLE, 2, 1);
    }
    this.write(STATUS, 1, 15);
  }

  private offered(word: number): number {
    this.write(0x00, 4, word);
    return this.read(0x04, 4);
  }

  private step(random: Random): void {
    const queue = random.below(this.indexes.length);
    switch (random.below(200)) {
      case 0:
        this.memory.write(
          this.bar + random.below(0x8000),
          random.pick([1, 2, 4]),
          random.hostile(),
        );
        return;
      case 1:
        this.memory.read(this.bar + random.below(0x8000), random.pick([1, 2, 4]));
        return;
      case 2:
        this.bus.ecam.write(
          DEVICE_1 | random.below(0x100),
          random.pick([1, 2, 4]),
          random.hostile(),
        );
        this.restoreBar();
        return;
      case 3:
        this.corrupt(random, queue);
        return;
      default:
        this.offer(random, queue);
    }
  }

  private needsReset(): boolean {
    return (this.pci.transport.deviceStatus & NEEDS_RESET) !== 0;
  }

  private restoreBar(): void {
    this.bus.ecam.write(DEVICE_1 | 4, 2, 6);
    this.bus.ecam.write(DEVICE_1 | 0x10, 4, this.bar);
  }

  /** Nonsense into the rings, once the chains offered before are through. */
  private corrupt(random: Random, queue: number): void {
    const at = TABLES + queue * TABLE_BYTES + random.below(TABLE_BYTES - 4);
    this.ram.memory.bytes(at, 4).set(random.bytes(4));
    this.ring(queue);
  }

  /** Chains of descriptors, legal in most ways. */
  private offer(random: Random, queue: number): void {
    const { memory } = this.ram;
    const base = TABLES + queue * TABLE_BYTES;
    let next = random.below(8);
    for (let chains = 1 + random.below(2); chains > 0; chains--) {
      const { buffers, header } = random.oneIn(RARE) ? ANY : this.shapeOf(queue);
      const length = (buffers === 'request' ? 2 : 1) + random.below(3);
      const head = next;
      let writable = buffers === 'in' || (buffers === 'any' && random.oneIn(3));
      for (let i = 0; i < length; i++) {
        const isLast = i === length - 1;
        const isIndirect = header === undefined && isLast && random.oneIn(6);
        if (buffers === 'any' || buffers === 'request') writable ||= i > 0 && random.oneIn(2);
        if (buffers === 'request') writable ||= isLast;
        const gpa = isIndirect ? base + 0x3000 : 2 * MiB + random.below(13 * MiB);
        let bytes = isIndirect ? INDIRECT_BYTES : this.length(random);
        if (header !== undefined && i === 0) {
          const content = header(random);
          memory.bytes(gpa, content.length).set(content);
          bytes = content.length;
        }
        if (buffers === 'request' && isLast) bytes = Math.max(bytes, 1);
        if (isIndirect) this.indirect(random, base + 0x3000, writable, buffers);
        const flags = (isLast ? 0 : 1) | (isIndirect ? 4 : writable ? 2 : 0);
        const following = (next + 1) % 8;
        this.descriptor(
          base + 16 * next,
          random.oneIn(RARE) ? random.hostile() : gpa,
          random.oneIn(RARE) ? random.hostile() : bytes,
          random.oneIn(RARE) ? random.below(8) : flags,
          random.oneIn(RARE) ? random.below(12) : following,
        );
        next = following;
      }
      const index = this.indexes[queue] ?? 0;
      memory.bytes(base + 0x1004 + 2 * (index % 8), 2).set([head, random.oneIn(RARE) ? 1 : 0]);
      this.indexes[queue] = (index + 1) & 0xffff;
    }
    const index = this.indexes[queue] ?? 0;
    memory.bytes(base + 0x1002, 2).set([index & 0xff, index >>> 8]);
    this.ring(queue);
  }

  private length(random: Random): number {
    return random.pick([0, 1, 4, 8, 12, 16, 20, 44, 512, 4096, 65_536]);
  }

  private indirect(
    random: Random,
    at: number,
    isWritable: boolean,
    buffers: ChainShape['buffers'],
  ): void {
    for (let i = 0; i < 4; i++) {
      const flags = (i < 3 ? 1 : 0) | (isWritable || (i > 1 && buffers !== 'out') ? 2 : 0);
      const isOdd = random.oneIn(RARE);
      this.descriptor(
        at + 16 * i,
        2 * MiB + random.below(13 * MiB),
        this.length(random),
        isOdd ? random.below(8) : flags,
        isOdd ? random.below(6) : i + 1,
      );
    }
  }

  private descriptor(at: number, gpa: number, length: number, flags: number, next: number): void {
    const { memory } = this.ram;
    memory.writeU32(at, gpa);
    memory.writeU32(at + 4, 0);
    memory.writeU32(at + 8, length);
    memory.writeU32(at + 12, flags | (next << 16));
  }

  private ring(queue: number): void {
    this.memory.write(this.bar + NOTIFY + 4 * queue, 2, queue);
  }

  private read(register: number, size: number): number {
    return this.memory.read(this.bar + register, size);
  }

  private write(register: number, size: number, value: number): void {
    this.memory.write(this.bar + register, size, value);
  }
}
