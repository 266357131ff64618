import type { BusDevice } from '../../machine/bus';
import type { MsiLines } from '../../machine/interrupt-router';
import type { GuestMemory } from '../../memory/guest-memory';
import {
  MSIX_CAPABILITY,
  MSIX_CONTROL_ENABLE,
  MSIX_CONTROL_MASK_ALL,
  MsixVectors,
} from '../../pci/msix';
import { PciFunction } from '../../pci/pci-function';
import { COMMON_CONFIG_BYTES, CommonConfig } from './common-config';
import type { Doorbells } from './doorbells';
import { VirtioTransport } from './transport';
import type { VirtioDevice } from './virtio-device';

/** A virtio device as a PCI function, modern interface only; virtio 1.2, 4.1. */

const VENDOR = 0x1af4;
/** Device ids are this and the virtio device type; 4.1.2.1. */
const DEVICE_BASE = 0x1040;
/** A revision of 1 or more says that there is no legacy interface; 4.1.2.2. */
const REVISION = 1;

/** PCI class codes by virtio device type, where there is a fitting one. */
const CLASS_CODES: Readonly<Record<number, number>> = { 1: 0x02_0000, 2: 0x01_8000, 3: 0x07_8000 };
const CLASS_OTHER = 0xff_0000;

/** The one BAR: a page or more for each structure, so that each is found at a glance. */
const BAR = 0;
const COMMON = 0x0000;
const ISR = 0x1000;
const DEVICE_CONFIG = 0x2000;
const NOTIFY = 0x3000;
const MSIX_TABLE = 0x4000;
const MSIX_PENDING = 0x5000;
const BAR_BYTES = 0x8000;
const PAGE = 0x1000;

/** Bytes from one queue's doorbell to the next. */
const NOTIFY_MULTIPLIER = 4;

// Types of the vendor capability; 4.1.4.
const CAPABILITY_VENDOR = 0x09;
const CFG_COMMON = 1;
const CFG_NOTIFY = 2;
const CFG_ISR = 3;
const CFG_DEVICE = 4;
const CFG_PCI = 5;

const ISR_QUEUE = 1;
const ISR_CONFIG = 2;

export interface VirtioPciHost {
  readonly memory: GuestMemory;
  readonly msi: MsiLines;
  readonly doorbells: Pick<Doorbells, 'place'>;
}

export class VirtioPci extends PciFunction {
  readonly transport: VirtioTransport;
  readonly msix: MsixVectors;
  private readonly common: CommonConfig;
  private isrStatus = 0;
  private readonly msixControl: number;
  private readonly windowAt: number;
  private barAt: number | undefined;

  constructor(
    readonly device: VirtioDevice,
    private readonly host: VirtioPciHost,
  ) {
    super({
      vendorId: VENDOR,
      deviceId: DEVICE_BASE + device.type,
      subsystemVendorId: VENDOR,
      subsystemId: DEVICE_BASE + device.type,
      revision: REVISION,
      classCode: CLASS_CODES[device.type] ?? CLASS_OTHER,
    });
    // One vector a queue, and one for changes of the configuration.
    this.msix = new MsixVectors(device.queueSizes.length + 1, host.msi);
    this.transport = new VirtioTransport(device, host.memory, {
      interrupt: (vector, isConfigChange) => {
        this.isrStatus |= isConfigChange ? ISR_CONFIG : ISR_QUEUE;
        this.msix.trigger(vector);
      },
      queuesActive: () => this.placeDoorbells(),
    });
    this.common = new CommonConfig(this.transport, this.msix.count);

    this.addStructure(CFG_COMMON, COMMON, COMMON_CONFIG_BYTES);
    this.addStructure(CFG_ISR, ISR, 1);
    if (device.config.length > 0) {
      this.addStructure(CFG_DEVICE, DEVICE_CONFIG, device.config.length);
    }
    const notifyBytes = device.queueSizes.length * NOTIFY_MULTIPLIER;
    this.addStructure(CFG_NOTIFY, NOTIFY, notifyBytes, NOTIFY_MULTIPLIER);
    this.windowAt = this.addWindow();
    this.msixControl = this.addMsix();
    this.addBar(BAR, {
      size: BAR_BYTES,
      device: this.structures,
      moved: (gpa) => {
        this.barAt = gpa;
        this.placeDoorbells();
      },
    });
  }

  /** struct virtio_pci_cap, without the id and the link; 4.1.4. */
  private addStructure(type: number, offset: number, length: number, extra?: number): number {
    const body = new Uint8Array(extra === undefined ? 14 : 18);
    const view = new DataView(body.buffer);
    view.setUint8(0, body.length + 2);
    view.setUint8(1, type);
    view.setUint8(2, BAR);
    view.setUint32(6, offset, true);
    view.setUint32(10, length, true);
    if (extra !== undefined) view.setUint32(14, extra, true);
    return this.config.addCapability(CAPABILITY_VENDOR, body);
  }

  /** The BAR through configuration space, for guests that cannot map it yet; 4.1.4.9. */
  private addWindow(): number {
    const at = this.addStructure(CFG_PCI, 0, 0, 0);
    this.config.allowWrites(at + 4, 1, 0xff);
    this.config.allowWrites(at + 8, 4, 0xffff_ffff);
    this.config.allowWrites(at + 12, 4, 0xffff_ffff);
    this.config.allowWrites(at + 16, 4, 0xffff_ffff);
    return at;
  }

  private addMsix(): number {
    const body = new Uint8Array(10);
    const view = new DataView(body.buffer);
    view.setUint16(0, this.msix.count - 1, true);
    view.setUint32(2, MSIX_TABLE | BAR, true);
    view.setUint32(6, MSIX_PENDING | BAR, true);
    const at = this.config.addCapability(MSIX_CAPABILITY, body);
    this.config.allowWrites(at + 2, 2, MSIX_CONTROL_ENABLE | MSIX_CONTROL_MASK_ALL);
    return at + 2;
  }

  override readConfig(offset: number, size: number): number {
    if (offset === this.windowAt + 16) this.throughWindow(size, undefined);
    return super.readConfig(offset, size);
  }

  override writeConfig(offset: number, size: number, value: number): void {
    super.writeConfig(offset, size, value);
    if (offset < this.msixControl + 2 && offset + size > this.msixControl) {
      this.msix.setControl(this.config.read(this.msixControl, 2));
    }
    if (offset === this.windowAt + 16) this.throughWindow(size, value);
  }

  /** An access of the window's data register becomes one of the BAR. */
  private throughWindow(size: number, value: number | undefined): void {
    const at = this.windowAt;
    const length = this.config.read(at + 12, 4);
    const offset = this.config.read(at + 8, 4);
    const isLegal = length === size && [1, 2, 4].includes(length) && offset % length === 0;
    if (!isLegal || this.config.read(at + 4, 1) !== BAR || offset + length > BAR_BYTES) return;
    if (value === undefined) {
      this.config.view.setUint32(at + 16, this.structures.read(offset, length), true);
    } else {
      this.structures.write(offset, length, value);
    }
  }

  /** What the BAR holds. */
  private readonly structures: BusDevice = {
    widest: 4,
    read: (offset, size) => {
      const within = offset % PAGE;
      switch (offset - within) {
        case COMMON:
          return this.common.read(within, size);
        case ISR:
          return this.takeIsr();
        case DEVICE_CONFIG:
          return this.readDeviceConfig(within, size);
        case MSIX_TABLE:
          return this.msix.table.read(within, size);
        case MSIX_PENDING:
          return this.msix.pendingBits.read(within, size);
        default:
          return 0;
      }
    },
    write: (offset, size, value) => {
      const within = offset % PAGE;
      switch (offset - within) {
        case COMMON:
          this.common.write(within, size, value);
          return;
        case DEVICE_CONFIG:
          if (within + size <= this.device.config.length) {
            this.device.writeConfig?.(within, size, value);
          }
          return;
        case NOTIFY:
          // The kernel takes these as ioeventfds; one that comes while they move comes here.
          this.transport.notify(Math.floor(within / NOTIFY_MULTIPLIER));
          return;
        case MSIX_TABLE:
          this.msix.table.write(within, size, value);
      }
    },
  };

  /** Reading takes the interrupt back; 4.1.4.5. */
  private takeIsr(): number {
    const status = this.isrStatus;
    this.isrStatus = 0;
    return status;
  }

  private readDeviceConfig(offset: number, size: number): number {
    const { config } = this.device;
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + (config[offset + i] ?? 0);
    return value;
  }

  /** A doorbell for each queue that is served, wherever the BAR is now. */
  private placeDoorbells(): void {
    const { barAt, transport } = this;
    transport.queues.forEach((queue, index) => {
      const isServed = transport.isActive && queue.enabled && barAt !== undefined;
      const gpa = isServed ? barAt + NOTIFY + index * NOTIFY_MULTIPLIER : undefined;
      this.host.doorbells.place(this, index, gpa, () => transport.notify(index));
    });
  }
}
