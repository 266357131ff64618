import type { GuestMemory } from '../../memory/guest-memory';
import type { Virtqueue } from './virtqueue';

/** What a device gets from its transport when the driver says DRIVER_OK. */
export interface Activation {
  readonly memory: GuestMemory;
  /** The bits that both sides agreed on. */
  readonly features: bigint;
  /** By queue index; undefined where the driver did not enable the queue. */
  readonly queues: readonly (Virtqueue | undefined)[];
}

/** What a device may ask of its transport at any time. */
export interface DeviceEvents {
  /** The device's configuration space has changed: a configuration change interrupt. */
  configChanged(): void;
}

/**
 * A virtio device behind whatever transport; virtio 1.2, chapter 2. It is called from one thread.
 * The transport negotiates, keeps the queues and interrupts; the device serves.
 */
export interface VirtioDevice {
  /** Device ID; chapter 5. */
  readonly type: number;
  /** Shown in figures and messages. */
  readonly name: string;
  /** Bits of its own; the transport adds those of the queues and VIRTIO_F_VERSION_1. */
  readonly features: bigint;
  /** The largest size of each queue, a power of two. */
  readonly queueSizes: readonly number[];
  /** Bytes of the device's configuration space, in the guest's byte order, as it is now. */
  readonly config: Uint8Array;
  /** The driver wrote `size` bytes at `offset`; the transport has checked that they are in it. */
  writeConfig?(offset: number, size: number, value: number): void;
  /** Called once, before anything else. */
  attach?(events: DeviceEvents): void;
  /** The driver is ready. Queues may hold chains already. */
  activate(activation: Activation): void;
  /** The driver rang for a queue. Serves all there is, or asks to be called again by itself. */
  notify(queue: number): void;
  /**
   * Forgets the driver: no access to guest memory once it has resolved. May be called twice.
   * Host-side state (files, counters, limits) stays.
   */
  reset(): void | Promise<void>;
  /** Gives back what the device has of the host. Called after the last reset. */
  close(): void | Promise<void>;
  /** Counters for the metrics, by name; totals since the device was made. */
  counters(): Readonly<Record<string, number>>;
}

/** Feature bits that are no device's own; chapter 6. */
export const VIRTIO_F_INDIRECT_DESC = 1n << 28n;
export const VIRTIO_F_EVENT_IDX = 1n << 29n;
export const VIRTIO_F_VERSION_1 = 1n << 32n;
