import type { NetBackend } from '../../net/backend';
import { type Limit, RateLimiter } from '../rate-limiter';
import { NetControl } from './net-control';
import {
  GUEST_OFFLOADS,
  has,
  offeredFeatures,
  VIRTIO_NET_F_GUEST_CSUM,
  VIRTIO_NET_F_GUEST_ECN,
  VIRTIO_NET_F_GUEST_TSO4,
  VIRTIO_NET_F_GUEST_TSO6,
  VIRTIO_NET_F_GUEST_USO4,
  VIRTIO_NET_F_GUEST_USO6,
  VIRTIO_NET_F_MQ,
  VIRTIO_NET_F_MRG_RXBUF,
} from './net-features';
import {
  CONFIG_BYTES,
  CONFIG_MAX_PAIRS,
  CONFIG_MTU,
  CONFIG_STATUS,
  DEFAULT_MTU,
  STATUS_LINK_UP,
} from './net-header';
import { NetReceiver, ReceiveCounters } from './net-rx';
import { ReceiveBuffers } from './net-rx-buffers';
import { NetTransmitter, TransmitCounters } from './net-tx';
import type { Activation, DeviceEvents, VirtioDevice } from './virtio-device';

/** Network device; virtio 1.2, 5.1.1. */
const DEVICE_ID = 1;
const QUEUE_SIZE = 256;
const CONTROL_QUEUE_SIZE = 64;

/** The cable; `lost` when somebody removed the tap under the running machine. */
export type LinkState = 'up' | 'down' | 'lost';

export interface NetOptions {
  readonly name: string;
  readonly mac: Uint8Array;
  /** Told to the driver as the largest it should use, if given. */
  readonly mtu?: number;
  /** Checksums and segmentation are left to whoever needs them done. */
  readonly offloads: boolean;
  readonly linkUp: boolean;
  /** Of all the device's queues together. */
  readonly limits?: { readonly rx?: Limit; readonly tx?: Limit };
}

/**
 * A network device; virtio 1.2, 5.1. Frames move between a tap and the driver's buffers with no
 * copy on the way; this file negotiates, and NetReceiver and NetTransmitter move.
 */
export class VirtioNet implements VirtioDevice {
  readonly type = DEVICE_ID;
  readonly name: string;
  readonly features: bigint;
  readonly queueSizes: readonly number[];
  readonly config = new Uint8Array(CONFIG_BYTES);
  private readonly configView = new DataView(this.config.buffer);
  private readonly received = new ReceiveCounters();
  private readonly transmitted = new TransmitCounters();
  private readonly receivers: readonly NetReceiver[];
  private readonly transmitters: readonly NetTransmitter[];
  private readonly control: NetControl;
  private events: DeviceEvents | undefined;
  private isLinkUp: boolean;
  private isLost = false;
  private farewell: NodeJS.Immediate | undefined;
  /** Queue pairs that the driver can address, and those it uses; none without a driver. */
  private knownPairs = 1;
  private usedPairs = 0;

  /** @param backend is the device's from now on, and closed with it */
  constructor(
    private readonly backend: NetBackend,
    options: NetOptions,
  ) {
    const pairs = backend.queues.length;
    this.name = options.name;
    this.isLinkUp = options.linkUp;
    this.features = offeredFeatures({
      pairs,
      hasMtu: options.mtu !== undefined,
      offloads: options.offloads,
      hasUso: backend.hasUso,
    });
    this.queueSizes = [...Array.from({ length: 2 * pairs }, () => QUEUE_SIZE), CONTROL_QUEUE_SIZE];
    this.config.set(options.mac.subarray(0, CONFIG_STATUS));
    this.configView.setUint16(CONFIG_STATUS, options.linkUp ? STATUS_LINK_UP : 0, true);
    this.configView.setUint16(CONFIG_MAX_PAIRS, pairs, true);
    this.configView.setUint16(CONFIG_MTU, options.mtu ?? DEFAULT_MTU, true);
    const lost = (): void => this.lose();
    const rx = options.limits?.rx && new RateLimiter(options.limits.rx);
    const tx = options.limits?.tx && new RateLimiter(options.limits.tx);
    this.receivers = backend.queues.map(
      (frames) => new NetReceiver(frames, this.received, rx, lost),
    );
    this.transmitters = backend.queues.map(
      (frames) => new NetTransmitter(frames, this.transmitted, tx, lost),
    );
    this.control = new NetControl({
      maxPairs: pairs,
      setPairs: (count) => this.setPairs(count),
      applyOffloads: (offloads) => this.applyOffloads(offloads),
    });
    if (!options.linkUp) backend.setCarrier(false);
  }

  attach(events: DeviceEvents): void {
    this.events = events;
  }

  activate({ memory, features, queues }: Activation): void {
    this.unlessLost(() => {
      this.applyOffloads(features & GUEST_OFFLOADS);
      this.backend.activateQueues(1);
    });
    // Without MQ there is one pair, and the control queue follows it; 5.1.2.
    this.knownPairs = has(features, VIRTIO_NET_F_MQ) ? this.receivers.length : 1;
    const merges = has(features, VIRTIO_NET_F_MRG_RXBUF);
    const knowsChecksums = has(features, VIRTIO_NET_F_GUEST_CSUM);
    for (let pair = 0; pair < this.knownPairs; pair++) {
      const rx = queues[2 * pair];
      const tx = queues[2 * pair + 1];
      if (rx !== undefined) {
        const buffers = new ReceiveBuffers(memory, rx, merges);
        this.receivers[pair]?.start({ queue: rx, buffers, knowsChecksums });
      }
      if (tx !== undefined) this.transmitters[pair]?.start(memory, tx);
    }
    this.usedPairs = 1;
    this.openPairs();
    const control = queues[2 * this.knownPairs];
    if (control !== undefined) this.control.start(memory, control, features);
  }

  notify(queue: number): void {
    if (queue === 2 * this.knownPairs) this.control.notify();
    else if (queue % 2 === 0) this.receivers[queue >>> 1]?.notify();
    else this.transmitters[queue >>> 1]?.notify();
  }

  /** Plugs the cable in or out. The driver is told, and so is the host's end of the tap. */
  setLink(isUp: boolean): void {
    if (isUp === this.isLinkUp) return;
    this.isLinkUp = isUp;
    this.unlessLost(() => this.backend.setCarrier(isUp));
    this.linkChanged();
  }

  get link(): LinkState {
    if (this.isLost) return 'lost';
    return this.isLinkUp ? 'up' : 'down';
  }

  /** A driver or a person who asks for what is ordinary finds out that the tap is gone. */
  private unlessLost(action: () => void): void {
    if (this.isLost) return;
    try {
      action();
    } catch {
      this.lose();
    }
  }

  /** Somebody has removed the tap: to the driver, a cable that was pulled for good. */
  private lose(): void {
    if (this.isLost) return;
    this.isLost = true;
    // Not now: a queue in the middle of its turn has noticed it.
    this.farewell = setImmediate(() => this.linkChanged());
  }

  private linkChanged(): void {
    this.configView.setUint16(CONFIG_STATUS, this.link === 'up' ? STATUS_LINK_UP : 0, true);
    this.openPairs();
    this.events?.configChanged();
  }

  private setPairs(count: number): void {
    this.backend.activateQueues(count);
    this.usedPairs = count;
    this.openPairs();
  }

  private openPairs(): void {
    for (const [pair, receiver] of this.receivers.entries()) {
      const transmitter = this.transmitters[pair];
      if (this.link === 'up' && pair < this.usedPairs) {
        receiver.open();
        transmitter?.open();
      } else {
        receiver.close();
        transmitter?.close();
      }
    }
  }

  private applyOffloads(offloads: bigint): void {
    this.backend.setReceiveOffloads({
      checksum: has(offloads, VIRTIO_NET_F_GUEST_CSUM),
      tso4: has(offloads, VIRTIO_NET_F_GUEST_TSO4),
      tso6: has(offloads, VIRTIO_NET_F_GUEST_TSO6),
      ecn: has(offloads, VIRTIO_NET_F_GUEST_ECN),
      // The host has no switch for each of the two.
      uso: has(offloads, VIRTIO_NET_F_GUEST_USO4) && has(offloads, VIRTIO_NET_F_GUEST_USO6),
    });
  }

  reset(): void {
    for (const receiver of this.receivers) receiver.stop();
    for (const transmitter of this.transmitters) transmitter.stop();
    this.control.stop();
    this.usedPairs = 0;
    this.knownPairs = 1;
  }

  close(): void {
    clearImmediate(this.farewell);
    this.backend.close();
  }

  counters(): Readonly<Record<string, number>> {
    const { received, transmitted } = this;
    return {
      rxPackets: received.packets,
      rxBytes: received.bytes,
      rxDropped: received.dropped,
      rxErrors: received.errors,
      rxNoBuffers: received.noBuffers,
      txPackets: transmitted.packets,
      txBytes: transmitted.bytes,
      txDropped: transmitted.dropped,
      txErrors: transmitted.errors,
      txHostFull: transmitted.hostFull,
    };
  }
}
