import type { GuestMemory } from '../../memory/guest-memory';
import {
  VIRTIO_F_EVENT_IDX,
  VIRTIO_F_INDIRECT_DESC,
  VIRTIO_F_VERSION_1,
  type VirtioDevice,
} from './virtio-device';
import { Virtqueue } from './virtqueue';

/** Device status bits; virtio 1.2, 2.1. */
export const STATUS = {
  acknowledge: 1,
  driver: 2,
  driverOk: 4,
  featuresOk: 8,
  needsReset: 64,
  failed: 128,
} as const;

/** "No vector": the event raises no interrupt; 4.1.5.1.2. */
export const NO_VECTOR = 0xffff;

/** What the driver has programmed of one queue. */
export interface QueueRegisters {
  readonly maxSize: number;
  size: number;
  vector: number;
  enabled: boolean;
  descriptors: number;
  available: number;
  used: number;
}

/** How a transport reaches its guest. */
export interface TransportEvents {
  /** @param vector as the driver chose it, never NO_VECTOR */
  interrupt(vector: number, isConfigChange: boolean): void;
  /** The queues that are served now, so that notifications of others need not be heard. */
  queuesActive(active: boolean): void;
}

/**
 * Everything between a driver and a device that does not depend on the bus: feature negotiation,
 * the state machine of the device status, the queues' registers; virtio 1.2, chapters 2 and 3.
 */
export class VirtioTransport {
  readonly queues: readonly QueueRegisters[];
  configVector = NO_VECTOR;
  configGeneration = 0;
  /** Queues that a driver broke, and the last reason; for the machine's figures. */
  brokenQueues = 0;
  lastFault: string | undefined;
  private status = 0;
  private isResetting = false;
  private driverFeatures = 0n;
  private live: (Virtqueue | undefined)[] = [];

  constructor(
    readonly device: VirtioDevice,
    private readonly memory: GuestMemory,
    private readonly events: TransportEvents,
  ) {
    this.queues = device.queueSizes.map((maxSize) => ({
      maxSize,
      size: maxSize,
      vector: NO_VECTOR,
      enabled: false,
      descriptors: 0,
      available: 0,
      used: 0,
    }));
    device.attach?.({ configChanged: () => this.configChanged() });
  }

  get offeredFeatures(): bigint {
    return this.device.features | VIRTIO_F_INDIRECT_DESC | VIRTIO_F_EVENT_IDX | VIRTIO_F_VERSION_1;
  }

  get acceptedFeatures(): bigint {
    return this.driverFeatures;
  }

  /** Features can be chosen until FEATURES_OK; 3.1.1. */
  setDriverFeatures(word: number, bits: number): void {
    if (word > 1 || (this.status & STATUS.featuresOk) !== 0) return;
    const shift = BigInt(word) * 32n;
    const others = this.driverFeatures & ~(0xffff_ffffn << shift);
    this.driverFeatures = others | (BigInt(bits >>> 0) << shift);
  }

  /** What the driver reads: not zero before a reset is through; 4.1.4.3.1. */
  get deviceStatus(): number {
    return this.status;
  }

  /** The driver may add bits, and writes zero to reset; 2.1.1. */
  setDeviceStatus(value: number): void {
    if (value === 0) {
      this.reset();
      return;
    }
    if (this.isResetting) return;
    const added = value & ~this.status & ~STATUS.needsReset;
    if ((added & STATUS.featuresOk) !== 0 && !this.areFeaturesAcceptable()) {
      this.status |= added & ~STATUS.featuresOk & ~STATUS.driverOk;
      return;
    }
    this.status |= added;
    if ((added & STATUS.driverOk) !== 0) this.activate();
  }

  /** A subset of the offer, and with it the promise not to be a legacy driver; 6.1. */
  private areFeaturesAcceptable(): boolean {
    const isSubset = (this.driverFeatures & ~this.offeredFeatures) === 0n;
    return isSubset && (this.driverFeatures & VIRTIO_F_VERSION_1) !== 0n;
  }

  /** The queues as they are served, with their counters; none before DRIVER_OK. */
  get liveQueues(): readonly (Virtqueue | undefined)[] {
    return this.live;
  }

  get isActive(): boolean {
    return this.live.length > 0;
  }

  /** Whether the driver may still program the queues. */
  get areQueuesWritable(): boolean {
    return (this.status & STATUS.driverOk) === 0 && !this.isResetting;
  }

  private activate(): void {
    if ((this.status & STATUS.featuresOk) === 0) {
      this.fault('DRIVER_OK before FEATURES_OK');
      return;
    }
    try {
      this.live = this.queues.map((registers, index) =>
        registers.enabled ? this.makeQueue(registers, index) : undefined,
      );
    } catch (error) {
      // A ring that is not in RAM or not aligned.
      this.fault(error instanceof Error ? error.message : String(error));
      return;
    }
    this.events.queuesActive(true);
    this.device.activate({
      memory: this.memory,
      features: this.driverFeatures,
      queues: this.live,
    });
  }

  private makeQueue(registers: QueueRegisters, index: number): Virtqueue {
    return new Virtqueue(
      this.memory,
      {
        size: registers.size,
        descriptors: registers.descriptors,
        available: registers.available,
        used: registers.used,
        eventIndex: (this.driverFeatures & VIRTIO_F_EVENT_IDX) !== 0n,
        indirect: (this.driverFeatures & VIRTIO_F_INDIRECT_DESC) !== 0n,
      },
      {
        interrupt: () => {
          if (registers.vector !== NO_VECTOR) this.events.interrupt(registers.vector, false);
        },
        broken: (reason) => this.fault(`queue ${index}: ${reason}`),
      },
    );
  }

  /** The driver broke the device: it is told, and the machine's owner sees it; 2.1.2. */
  private fault(reason: string): void {
    this.brokenQueues += 1;
    this.lastFault = reason;
    this.status |= STATUS.needsReset;
    if ((this.status & STATUS.driverOk) !== 0) this.configInterrupt();
  }

  /** The driver rang. Rings for queues that are not live are lost. */
  notify(queue: number): void {
    if (this.live[queue] !== undefined) this.device.notify(queue);
  }

  /** Forgets the driver, once the device has let go of its memory. */
  reset(): void {
    if (this.isResetting) return;
    const done = this.stop();
    if (done === undefined) {
      this.clear();
      return;
    }
    this.isResetting = true;
    void done.then(() => {
      this.isResetting = false;
      this.clear();
    });
  }

  /** Ends all use of guest memory, for a reset or for good. */
  stop(): Promise<void> | undefined {
    if (!this.isActive) return undefined;
    this.live = [];
    this.events.queuesActive(false);
    return this.device.reset() ?? undefined;
  }

  private clear(): void {
    this.status = 0;
    this.driverFeatures = 0n;
    this.configVector = NO_VECTOR;
    for (const queue of this.queues) {
      queue.size = queue.maxSize;
      queue.vector = NO_VECTOR;
      queue.enabled = false;
      queue.descriptors = 0;
      queue.available = 0;
      queue.used = 0;
    }
  }

  private configChanged(): void {
    this.configGeneration = (this.configGeneration + 1) & 0xff;
    if ((this.status & STATUS.driverOk) !== 0) this.configInterrupt();
  }

  private configInterrupt(): void {
    if (this.configVector !== NO_VECTOR) this.events.interrupt(this.configVector, true);
  }
}
