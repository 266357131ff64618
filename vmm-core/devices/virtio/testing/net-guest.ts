import type { NetBackend } from '../../../net/backend';
import type { Limit } from '../../rate-limiter';
import { VirtioNet } from '../net';
import { VIRTIO_NET_F_MQ } from '../net-features';
import { HEADER_BYTES } from '../net-header';
import { VIRTIO_F_VERSION_1 } from '../virtio-device';
import type { Virtqueue } from '../virtqueue';
import { TestDriver } from './driver';

const MiB = 2 ** 20;
/** Rings and buffers of a driver lie below the next one's. */
const DRIVER_SPAN = 2.5 * MiB;

export const TEST_MAC = Uint8Array.from([2, 0, 0, 0, 0, 9]);

export interface NetGuestOptions {
  readonly features?: bigint;
  /** Entries of the rings of frames. */
  readonly size?: number;
  readonly mtu?: number;
  readonly offloads?: boolean;
  readonly linkUp?: boolean;
  readonly limits?: { readonly rx?: Limit; readonly tx?: Limit };
}

/** A network device and the drivers of its queues: for each pair a receive and a transmit ring. */
export class NetGuest {
  readonly device: VirtioNet;
  readonly receive: readonly TestDriver[];
  readonly transmit: readonly TestDriver[];
  readonly control: TestDriver;
  configChanges = 0;
  private readonly features: bigint;

  constructor(backend: NetBackend, options: NetGuestOptions = {}) {
    const { features = 0n, size = 8, mtu, offloads = true, linkUp = true, limits } = options;
    this.device = new VirtioNet(backend, {
      name: 'net0',
      mac: TEST_MAC,
      offloads,
      linkUp,
      ...(mtu === undefined ? {} : { mtu }),
      ...(limits === undefined ? {} : { limits }),
    });
    this.device.attach({
      configChanged: () => {
        this.configChanges += 1;
      },
    });
    this.features = features | VIRTIO_F_VERSION_1;
    this.control = new TestDriver(16);
    const pairs = (features & VIRTIO_NET_F_MQ) === 0n ? 1 : backend.queues.length;
    const driver = (index: number): TestDriver =>
      new TestDriver(size, {}, this.control.ram, MiB + (index + 1) * DRIVER_SPAN);
    this.receive = Array.from({ length: pairs }, (_, pair) => driver(2 * pair));
    this.transmit = Array.from({ length: pairs }, (_, pair) => driver(2 * pair + 1));
  }

  get rx(): TestDriver {
    return this.receive[0] as TestDriver;
  }

  get tx(): TestDriver {
    return this.transmit[0] as TestDriver;
  }

  /** The driver says DRIVER_OK. */
  start(): this {
    this.device.activate({
      memory: this.control.ram.memory,
      features: this.features,
      queues: [...this.pairsOfQueues(), this.control.queue],
    });
    return this;
  }

  private pairsOfQueues(): Virtqueue[] {
    return this.receive.flatMap((rx, pair) => [
      rx.queue,
      (this.transmit[pair] as TestDriver).queue,
    ]);
  }

  /** Gives buffers of these sizes to receive into, each a chain, and rings. @returns the heads */
  offer(...sizes: readonly number[]): number[] {
    const heads = sizes.map((space) => this.rx.send({ space }));
    this.device.notify(0);
    return heads;
  }

  /** Sends a frame behind a header of zeros, and rings. @returns the head */
  send(frame: Buffer): number {
    const head = this.tx.send({ data: Buffer.alloc(HEADER_BYTES) }, { data: frame });
    this.device.notify(1);
    return head;
  }

  /** Gives a command, and rings. @returns its acknowledgement */
  command(...bytes: readonly number[]): number | undefined {
    const head = this.control.send({ data: Uint8Array.from(bytes) }, { space: 1 });
    this.device.notify(2 * this.receive.length);
    const used = this.control.takeUsed();
    return used[0]?.head === head && used[0].written === 1
      ? this.control.bytesOf(head, 1)[0]
      : undefined;
  }

  /** The next frame that was received, put together from its buffers: header and contents. */
  takeFrame(): Buffer | undefined {
    return this.takeFrames()[0];
  }

  /** All that were received since. @throws when the buffers are not as a driver must find them */
  takeFrames(): Buffer[] {
    const frames: Buffer[] = [];
    const used = this.rx.takeUsed();
    for (let i = 0; i < used.length; ) {
      const parts: Buffer[] = [];
      let count = 1;
      for (let part = 0; part < count; part++, i++) {
        const chain = used[i];
        if (chain === undefined) throw new Error(`a frame of ${count} buffers ends after ${part}`);
        const whole = this.rx.bytesOf(chain.head, 0);
        if (part === 0) count = whole.readUInt16LE(10);
        if (part < count - 1 && chain.written < whole.length) {
          throw new Error(`buffer ${part} of ${count} is not full`);
        }
        parts.push(whole.subarray(0, chain.written));
      }
      frames.push(Buffer.concat(parts));
    }
    return frames;
  }

  release(): void {
    this.device.reset();
    this.device.close();
    this.control.release();
  }
}
