import type { BusDevice, MemoryBus } from '../machine/bus';
import { CONFIG_SPACE_BYTES } from './config-space';
import { PciFunction, type Window } from './pci-function';

/** Bus 0 of a PCI Express host bridge: up to 32 devices of one function each. */

const DEVICES = 32;
const BARS = 6;
const OPEN_BUS = 0xffff_ffff;
/** ECAM: 12 bits of register, 3 of function, 5 of device; PCI Express 4.0, 7.2.2. */
const DEVICE_SHIFT = 15;
const FUNCTION_MASK = 7;

/** A generic host bridge: Red Hat's id, which every guest takes for just that. */
const HOST_BRIDGE = {
  vendorId: 0x1b36,
  deviceId: 0x0008,
  subsystemVendorId: 0x1af4,
  subsystemId: 0x1100,
  revision: 0,
  classCode: 0x06_0000,
};

export class PciBus {
  private readonly functions: PciFunction[] = [new PciFunction(HOST_BRIDGE)];
  private nextBar: number;

  /**
   * @param window where BARs may lie; they are given their places as firmware would
   * @param resetControl the register in the second byte of CONFIG_ADDRESS, port 0xCF9
   */
  constructor(
    private readonly memory: MemoryBus,
    private readonly window: Window,
    resetControl: BusDevice,
  ) {
    this.nextBar = window.base;
    this.configPorts = new ConfigPorts(this, resetControl);
  }

  /** @throws RangeError when the bus is full */
  add(device: PciFunction): void {
    if (this.functions.length === DEVICES) {
      throw new RangeError(`a machine has room for ${DEVICES - 1} PCI devices`);
    }
    this.functions.push(device);
    device.connect(this.memory, this.window);
    for (let index = 0; index < BARS; index++) {
      const size = device.barSize(index);
      if (size === 0) continue;
      // A BAR is aligned to its size.
      const gpa = Math.ceil(this.nextBar / size) * size;
      device.setBar(index, gpa);
      this.nextBar = gpa + size;
    }
  }

  readConfig(device: number, fn: number, register: number, size: number): number {
    const found = fn === 0 ? this.functions[device] : undefined;
    if (found === undefined) return OPEN_BUS >>> (32 - 8 * size);
    return found.readConfig(register, size);
  }

  writeConfig(device: number, fn: number, register: number, size: number, value: number): void {
    if (fn === 0) this.functions[device]?.writeConfig(register, size, value);
  }

  /** The memory-mapped configuration space. */
  readonly ecam: BusDevice = {
    widest: 4,
    read: (offset, size) =>
      this.readConfig(
        offset >>> DEVICE_SHIFT,
        (offset >>> 12) & FUNCTION_MASK,
        offset % CONFIG_SPACE_BYTES,
        size,
      ),
    write: (offset, size, value) =>
      this.writeConfig(
        offset >>> DEVICE_SHIFT,
        (offset >>> 12) & FUNCTION_MASK,
        offset % CONFIG_SPACE_BYTES,
        size,
        value,
      ),
  };

  /** The older way to it: CONFIG_ADDRESS and CONFIG_DATA; PCI Local Bus 3.0, 3.2.2.3.2. */
  readonly configPorts: BusDevice;
}

const CONFIG_ADDRESS = 0;
const RESET_CONTROL = 1;
const CONFIG_DATA = 4;
const ENABLE = 0x8000_0000;
const ADDRESS_WRITABLE = 0x80ff_fffc;

class ConfigPorts implements BusDevice {
  readonly widest = 4;
  private address = 0;

  constructor(
    private readonly bus: PciBus,
    private readonly resetControl: BusDevice,
  ) {}

  read(offset: number, size: number): number {
    const ones = OPEN_BUS >>> (32 - 8 * size);
    if (offset >= CONFIG_DATA) {
      if (!this.isSelected()) return ones;
      return this.bus.readConfig(this.device, this.fn, this.register(offset), size);
    }
    if (offset === RESET_CONTROL && size === 1) return this.resetControl.read(0, 1);
    // CONFIG_ADDRESS answers to accesses of its full width only.
    return offset === CONFIG_ADDRESS && size === 4 ? this.address : ones;
  }

  write(offset: number, size: number, value: number): void {
    if (offset >= CONFIG_DATA) {
      if (!this.isSelected()) return;
      this.bus.writeConfig(this.device, this.fn, this.register(offset), size, value);
    } else if (offset === CONFIG_ADDRESS && size === 4) {
      this.address = (value & ADDRESS_WRITABLE) >>> 0;
    } else if (offset === RESET_CONTROL && size === 1) {
      this.resetControl.write(0, 1, value);
    }
  }

  /** Enabled, and bus 0. */
  private isSelected(): boolean {
    return (this.address & 0x80ff_0000) >>> 0 === ENABLE;
  }

  private get device(): number {
    return (this.address >>> 11) & 0x1f;
  }

  private get fn(): number {
    return (this.address >>> 8) & FUNCTION_MASK;
  }

  private register(offset: number): number {
    return (this.address & 0xfc) + (offset - CONFIG_DATA);
  }
}
