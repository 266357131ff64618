/**
 * A device as the bus sees it. It is written once, against this interface, and does not know which
 * thread calls.
 */
export interface BusDevice {
  /** The widest access the device takes whole, in bytes; the bus splits wider ones. */
  readonly widest: 1 | 2 | 4;
  /** @param offset bytes from the start of the range the device is attached at */
  read(offset: number, size: number): number;
  write(offset: number, size: number, value: number): void;
}

const PORTS = 0x1_0000;
const OPEN_BUS = 0xff;

/** The 64 Ki I/O ports. A port nobody answers reads as all ones, and writes to it are lost. */
export class PortBus {
  /** One past the index into `ranges`, so that zero means nobody. */
  private readonly owner = new Uint8Array(PORTS);
  private readonly ranges: { readonly first: number; readonly device: BusDevice }[] = [];

  attach(first: number, count: number, device: BusDevice): void {
    if (this.owner.subarray(first, first + count).some((taken) => taken !== 0)) {
      throw new Error(`I/O ports 0x${first.toString(16)} and on are taken already`);
    }
    this.ranges.push({ first, device });
    this.owner.fill(this.ranges.length, first, first + count);
  }

  read(port: number, size: number): number {
    const range = this.ranges[(this.owner[port] ?? 0) - 1];
    if (size === 1)
      return range === undefined ? OPEN_BUS : range.device.read(port - range.first, 1);
    if (range !== undefined && size <= range.device.widest) {
      return range.device.read(port - range.first, size);
    }
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.read((port + i) % PORTS, 1);
    return value;
  }

  write(port: number, size: number, value: number): void {
    const range = this.ranges[(this.owner[port] ?? 0) - 1];
    if (range !== undefined && size <= range.device.widest) {
      range.device.write(port - range.first, size, value);
      return;
    }
    if (size === 1) return;
    for (let i = 0; i < size; i++) this.write((port + i) % PORTS, 1, (value >>> (8 * i)) & 0xff);
  }
}
