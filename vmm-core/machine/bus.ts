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

/** What a vCPU's accesses go to: all I/O ports, or all memory that is not RAM. */
export interface Bus {
  read(address: number, size: number): number;
  write(address: number, size: number, value: number): void;
}

interface Range {
  readonly first: number;
  readonly count: number;
  readonly device: BusDevice;
}

const PORTS = 0x1_0000;
const OPEN_BUS = 0xff;

/** The 64 Ki I/O ports. A port nobody answers reads as all ones, and writes to it are lost. */
export class PortBus implements Bus {
  /** One past the index into `ranges`, so that zero means nobody. */
  private readonly owner = new Uint8Array(PORTS);
  private readonly ranges: Range[] = [];

  attach(first: number, count: number, device: BusDevice): void {
    if (this.owner.subarray(first, first + count).some((taken) => taken !== 0)) {
      throw new Error(`I/O ports 0x${first.toString(16)} and on are taken already`);
    }
    this.ranges.push({ first, count, device });
    this.owner.fill(this.ranges.length, first, first + count);
  }

  read(port: number, size: number): number {
    const at = port % PORTS;
    return readRange(this, this.rangeAt(at), at, size);
  }

  write(port: number, size: number, value: number): void {
    const at = port % PORTS;
    writeRange(this, this.rangeAt(at), at, size, value);
  }

  private rangeAt(port: number): Range | undefined {
    return this.ranges[(this.owner[port] ?? 0) - 1];
  }
}

/** Memory-mapped I/O: ranges that come and go as the guest programs them. */
export class MemoryBus implements Bus {
  private ranges: readonly Range[] = [];

  /** @returns false when another device answers at some of these addresses */
  attach(first: number, count: number, device: BusDevice): boolean {
    if (this.ranges.some((r) => first < r.first + r.count && r.first < first + count)) return false;
    this.ranges = [...this.ranges, { first, count, device }];
    return true;
  }

  detach(first: number): void {
    this.ranges = this.ranges.filter((range) => range.first !== first);
  }

  read(address: number, size: number): number {
    return readRange(this, this.rangeAt(address), address, size);
  }

  write(address: number, size: number, value: number): void {
    writeRange(this, this.rangeAt(address), address, size, value);
  }

  private rangeAt(address: number): Range | undefined {
    return this.ranges.find((r) => address >= r.first && address < r.first + r.count);
  }
}

/** The device takes an access whole when it is in its range and not too wide. */
function takesWhole(range: Range, address: number, size: number): boolean {
  return size <= range.device.widest && address + size <= range.first + range.count;
}

/** The bytes of an access that no device takes whole are read one by one. */
function readRange(bus: Bus, range: Range | undefined, address: number, size: number): number {
  if (range !== undefined && takesWhole(range, address, size)) {
    return range.device.read(address - range.first, size);
  }
  if (size === 1) return OPEN_BUS;
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + bus.read(address + i, 1);
  return value;
}

function writeRange(
  bus: Bus,
  range: Range | undefined,
  address: number,
  size: number,
  value: number,
): void {
  if (range !== undefined && takesWhole(range, address, size)) {
    range.device.write(address - range.first, size, value);
    return;
  }
  if (size === 1) return;
  for (let i = 0; i < size; i++) bus.write(address + i, 1, (value >>> (8 * i)) & 0xff);
}
