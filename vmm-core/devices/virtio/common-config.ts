import type { BusDevice } from '../../machine/bus';
import { NO_VECTOR, type QueueRegisters, type VirtioTransport } from './transport';

/** The common configuration structure of virtio over PCI; virtio 1.2, 4.1.4.3. */
export const COMMON_CONFIG_BYTES = 0x40;

const DEVICE_FEATURE_SELECT = 0x00;
const DEVICE_FEATURE = 0x04;
const DRIVER_FEATURE_SELECT = 0x08;
const DRIVER_FEATURE = 0x0c;
const CONFIG_VECTOR = 0x10;
const NUM_QUEUES = 0x12;
const DEVICE_STATUS = 0x14;
const CONFIG_GENERATION = 0x15;
const QUEUE_SELECT = 0x16;
const QUEUE_SIZE = 0x18;
const QUEUE_VECTOR = 0x1a;
const QUEUE_ENABLE = 0x1c;
const QUEUE_NOTIFY_OFF = 0x1e;
const QUEUE_DESC = 0x20;
const QUEUE_DRIVER = 0x28;
const QUEUE_DEVICE = 0x30;

const WORD = 2 ** 32;

/**
 * The registers by which a driver negotiates and programs queues. Each is accessed with its own
 * width, 64-bit ones as two halves (4.1.3.1); other accesses read zero and are lost.
 */
export class CommonConfig implements BusDevice {
  readonly widest = 4;
  private deviceFeatureSelect = 0;
  private driverFeatureSelect = 0;
  private queueSelect = 0;

  /** @param vectors MSI-X vectors the function has */
  constructor(
    private readonly transport: VirtioTransport,
    private readonly vectors: number,
  ) {}

  read(offset: number, size: number): number {
    if (size === 4) return this.read32(offset);
    if (size === 2) return this.read16(offset);
    if (offset === DEVICE_STATUS) return this.transport.deviceStatus;
    return offset === CONFIG_GENERATION ? this.transport.configGeneration : 0;
  }

  write(offset: number, size: number, value: number): void {
    if (size === 4) this.write32(offset, value);
    else if (size === 2) this.write16(offset, value);
    else if (offset === DEVICE_STATUS) this.transport.setDeviceStatus(value);
  }

  private get queue(): QueueRegisters | undefined {
    return this.transport.queues[this.queueSelect];
  }

  private read32(offset: number): number {
    const { transport, queue } = this;
    switch (offset) {
      case DEVICE_FEATURE_SELECT:
        return this.deviceFeatureSelect;
      case DEVICE_FEATURE:
        return featureWord(transport.offeredFeatures, this.deviceFeatureSelect);
      case DRIVER_FEATURE_SELECT:
        return this.driverFeatureSelect;
      case DRIVER_FEATURE:
        return featureWord(transport.acceptedFeatures, this.driverFeatureSelect);
      case QUEUE_DESC:
        return low(queue?.descriptors);
      case QUEUE_DESC + 4:
        return high(queue?.descriptors);
      case QUEUE_DRIVER:
        return low(queue?.available);
      case QUEUE_DRIVER + 4:
        return high(queue?.available);
      case QUEUE_DEVICE:
        return low(queue?.used);
      case QUEUE_DEVICE + 4:
        return high(queue?.used);
      default:
        return 0;
    }
  }

  private read16(offset: number): number {
    const { transport, queue } = this;
    switch (offset) {
      case CONFIG_VECTOR:
        return transport.configVector;
      case NUM_QUEUES:
        return transport.queues.length;
      case QUEUE_SELECT:
        return this.queueSelect;
      case QUEUE_SIZE:
        // Zero says that there is no such queue.
        return queue?.size ?? 0;
      case QUEUE_VECTOR:
        return queue?.vector ?? NO_VECTOR;
      case QUEUE_ENABLE:
        return queue?.enabled === true ? 1 : 0;
      case QUEUE_NOTIFY_OFF:
        return this.queueSelect;
      default:
        return 0;
    }
  }

  private write32(offset: number, value: number): void {
    switch (offset) {
      case DEVICE_FEATURE_SELECT:
        this.deviceFeatureSelect = value;
        return;
      case DRIVER_FEATURE_SELECT:
        this.driverFeatureSelect = value;
        return;
      case DRIVER_FEATURE:
        this.transport.setDriverFeatures(this.driverFeatureSelect, value);
        return;
      default:
        this.writeAddress(offset, value);
    }
  }

  private writeAddress(offset: number, value: number): void {
    const queue = this.writableQueue();
    if (queue === undefined) return;
    switch (offset) {
      case QUEUE_DESC:
        queue.descriptors = withLow(queue.descriptors, value);
        return;
      case QUEUE_DESC + 4:
        queue.descriptors = withHigh(queue.descriptors, value);
        return;
      case QUEUE_DRIVER:
        queue.available = withLow(queue.available, value);
        return;
      case QUEUE_DRIVER + 4:
        queue.available = withHigh(queue.available, value);
        return;
      case QUEUE_DEVICE:
        queue.used = withLow(queue.used, value);
        return;
      case QUEUE_DEVICE + 4:
        queue.used = withHigh(queue.used, value);
    }
  }

  private write16(offset: number, value: number): void {
    switch (offset) {
      case CONFIG_VECTOR:
        this.transport.configVector = this.vectorOrNone(value);
        return;
      case QUEUE_SELECT:
        this.queueSelect = value;
        return;
      case QUEUE_VECTOR:
        if (this.queue !== undefined) this.queue.vector = this.vectorOrNone(value);
        return;
      case QUEUE_SIZE:
        this.setQueueSize(value);
        return;
      case QUEUE_ENABLE: {
        // Only to enable: a driver must not write zero; 4.1.4.3.2.
        const queue = this.writableQueue();
        if (queue !== undefined && value === 1) queue.enabled = true;
      }
    }
  }

  private setQueueSize(value: number): void {
    const queue = this.writableQueue();
    if (queue === undefined || queue.enabled || value === 0 || value > queue.maxSize) return;
    // A split ring's size is a power of two; 2.7.
    if ((value & (value - 1)) === 0) queue.size = value;
  }

  private writableQueue(): QueueRegisters | undefined {
    return this.transport.areQueuesWritable ? this.queue : undefined;
  }

  /** A vector that cannot be had reads back as NO_VECTOR; 4.1.5.1.2. */
  private vectorOrNone(vector: number): number {
    return vector < this.vectors ? vector : NO_VECTOR;
  }
}

function featureWord(features: bigint, select: number): number {
  if (select > 1) return 0;
  return Number((features >> (BigInt(select) * 32n)) & 0xffff_ffffn);
}

function low(address: number | undefined): number {
  return (address ?? 0) % WORD;
}

function high(address: number | undefined): number {
  return Math.floor((address ?? 0) / WORD);
}

function withLow(address: number, value: number): number {
  return Math.floor(address / WORD) * WORD + value;
}

function withHigh(address: number, value: number): number {
  return value * WORD + (address % WORD);
}
