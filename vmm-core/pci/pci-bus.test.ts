import { beforeEach, describe, expect, it } from 'vitest';
import { type BusDevice, MemoryBus } from '../machine/bus';
import { HEADER } from './config-space';
import { PciBus } from './pci-bus';
import { PciFunction } from './pci-function';

const WINDOW = { base: 0xc000_0000, size: 0x100_0000 };
const IDENTITY = {
  vendorId: 0x1af4,
  deviceId: 0x1044,
  subsystemVendorId: 0x1af4,
  subsystemId: 0x1044,
  revision: 1,
  classCode: 0xff_0000,
};
const BAR_BYTES = 0x4000;
const MEMORY_DECODE = 2;

const register = (device: number, offset: number): number => (device << 15) | offset;

/** Answers each read with its offset, and remembers writes. */
class Echo implements BusDevice {
  readonly widest = 4;
  readonly writes: string[] = [];
  read(offset: number): number {
    return offset;
  }
  write(offset: number, size: number, value: number): void {
    this.writes.push(`${offset}/${size} ${value}`);
  }
}

let memory: MemoryBus;
let bus: PciBus;
let reset: Echo;
let echo: Echo;
let moves: (number | undefined)[];

beforeEach(() => {
  memory = new MemoryBus();
  reset = new Echo();
  echo = new Echo();
  moves = [];
  bus = new PciBus(memory, WINDOW, reset);
  const device = new PciFunction(IDENTITY);
  device.addBar(0, { size: BAR_BYTES, device: echo, moved: (gpa) => void moves.push(gpa) });
  bus.add(device);
});

const writeConfig = (offset: number, size: number, value: number): void =>
  bus.ecam.write(register(1, offset), size, value);
const readConfig = (offset: number, size: number): number =>
  bus.ecam.read(register(1, offset), size);

describe('the configuration space', () => {
  it('has a host bridge as device 0', () => {
    expect(bus.ecam.read(register(0, HEADER.classCode), 2)).toBe(0);
    expect(bus.ecam.read(register(0, HEADER.classCode + 2), 1)).toBe(6);
  });

  it.each([
    ['a device that is not there', register(2, 0)],
    ['a second function', register(1, 0) | 0x1000],
  ])('reads as ones for %s', (_what, at) => {
    expect([bus.ecam.read(at, 1), bus.ecam.read(at, 2), bus.ecam.read(at, 4)]).toEqual([
      0xff, 0xffff, 0xffff_ffff,
    ]);
  });

  it('is the same through ports 0xCF8 and 0xCFC', () => {
    bus.configPorts.write(0, 4, 0x8000_0000 | (1 << 11));
    expect(bus.configPorts.read(4, 4)).toBe(0x1044_1af4);
    expect(bus.configPorts.read(6, 2)).toBe(0x1044);
    expect(bus.configPorts.read(0, 4)).toBe(0x8000_0800);
  });

  it.each([
    ['not enabled', 1 << 11],
    ['of another bus', 0x8001_0000 | (1 << 11)],
  ])('answers nothing through the ports when the address is %s', (_what, address) => {
    bus.configPorts.write(0, 4, address);
    expect(bus.configPorts.read(4, 4)).toBe(0xffff_ffff);
    bus.configPorts.write(4, 4, 0);
    expect(readConfig(HEADER.vendorId, 2)).toBe(0x1af4);
  });

  it('leaves bytes at 0xCF9 to the reset control register', () => {
    bus.configPorts.write(1, 1, 6);
    expect(reset.writes).toEqual(['0/1 6']);
    expect(bus.configPorts.read(0, 4)).toBe(0);
  });

  it('keeps what the guest may not write', () => {
    writeConfig(HEADER.vendorId, 4, 0);
    writeConfig(HEADER.command, 2, 0xffff);
    expect(readConfig(HEADER.vendorId, 4)).toBe(0x1044_1af4);
    // Memory, bus master and interrupt disable; there is no I/O BAR, no parity, no SERR.
    expect(readConfig(HEADER.command, 2)).toBe(0x0406);
  });

  it('takes 31 devices behind the bridge and no more', () => {
    for (let i = 0; i < 30; i++) bus.add(new PciFunction(IDENTITY));
    expect(() => bus.add(new PciFunction(IDENTITY))).toThrow(RangeError);
  });
});

describe('a memory BAR', () => {
  it('has a place from the start, and answers there once memory decoding is on', () => {
    const at = readConfig(HEADER.bar0, 4);
    expect(at).toBe(WINDOW.base);
    expect(memory.read(at + 8, 4)).toBe(0xffff_ffff);
    writeConfig(HEADER.command, 2, MEMORY_DECODE);
    expect(memory.read(at + 8, 4)).toBe(8);
    expect(moves).toEqual([WINDOW.base]);
  });

  it('tells its size by the bits that cannot be set, and goes on at its old place', () => {
    const at = readConfig(HEADER.bar0, 4);
    writeConfig(HEADER.bar0, 4, 0xffff_ffff);
    expect(readConfig(HEADER.bar0, 4)).toBe(-BAR_BYTES >>> 0);
    writeConfig(HEADER.bar0, 4, at);
    writeConfig(HEADER.command, 2, MEMORY_DECODE);
    expect(memory.read(at, 4)).toBe(0);
  });

  it('moves where the guest puts it, and answers nowhere else', () => {
    writeConfig(HEADER.command, 2, MEMORY_DECODE);
    writeConfig(HEADER.bar0, 4, WINDOW.base + 0x10_0000);
    expect(memory.read(WINDOW.base, 4)).toBe(0xffff_ffff);
    memory.write(WINDOW.base + 0x10_0010, 2, 7);
    expect(echo.writes).toEqual(['16/2 7']);
    writeConfig(HEADER.command, 2, 0);
    expect(memory.read(WINDOW.base + 0x10_0000, 4)).toBe(0xffff_ffff);
    expect(moves).toEqual([WINDOW.base, WINDOW.base + 0x10_0000, undefined]);
  });

  it.each([0, 0x1000_0000, 0xe000_0000, 0xfee0_0000])(
    'does not answer outside the window, at %i',
    (gpa) => {
      writeConfig(HEADER.command, 2, MEMORY_DECODE);
      writeConfig(HEADER.bar0, 4, gpa);
      expect(memory.read(gpa, 4)).toBe(0xffff_ffff);
    },
  );

  it('stays silent over another, until one of them is moved', () => {
    const second = new PciFunction(IDENTITY);
    const other = new Echo();
    second.addBar(0, { size: BAR_BYTES, device: other });
    bus.add(second);
    writeConfig(HEADER.command, 2, MEMORY_DECODE);
    const at = readConfig(HEADER.bar0, 4);
    bus.ecam.write(register(2, HEADER.command), 2, MEMORY_DECODE);
    bus.ecam.write(register(2, HEADER.bar0), 4, at);
    memory.write(at, 4, 1);
    expect([echo.writes.length, other.writes.length]).toEqual([1, 0]);
    bus.ecam.write(register(2, HEADER.bar0), 4, at + BAR_BYTES);
    memory.write(at + BAR_BYTES, 4, 1);
    expect(other.writes.length).toBe(1);
  });
});
