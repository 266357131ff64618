import type { BusDevice } from '../machine/bus';

/**
 * The clock of a PC, by Motorola's MC146818 data sheet: an index port and a data port, ten time
 * registers, four control registers, battery-backed bytes. The time is the host's, in UTC; it
 * never shows an update in progress, and it raises no interrupts.
 */
const INDEX = 0;
const REGISTERS = 128;

const SECONDS = 0x00;
const MINUTES = 0x02;
const HOURS = 0x04;
const DAY_OF_WEEK = 0x06;
const DAY = 0x07;
const MONTH = 0x08;
const YEAR = 0x09;
const REGISTER_A = 0x0a;
const REGISTER_B = 0x0b;
const REGISTER_C = 0x0c;
const REGISTER_D = 0x0d;
/** Where a PC keeps the century, by custom. */
const CENTURY = 0x32;

/** 32.768 kHz time base, 1,024 Hz rate: what a BIOS leaves. */
const A_DEFAULT = 0x26;
const B_24_HOURS = 0x02;
const B_BINARY = 0x04;
const D_BATTERY_GOOD = 0x80;

export class Rtc implements BusDevice {
  readonly widest = 1;
  private index = 0;
  private readonly registers = new Uint8Array(REGISTERS);

  constructor(private readonly now: () => Date) {
    this.registers[REGISTER_A] = A_DEFAULT;
    this.registers[REGISTER_B] = B_24_HOURS;
  }

  read(offset: number): number {
    return offset === INDEX ? 0xff : this.readRegister(this.index);
  }

  write(offset: number, _size: number, value: number): void {
    if (offset === INDEX) {
      // Bit 7 of the index port is the NMI mask of the chipset, not the clock's.
      this.index = value & (REGISTERS - 1);
    } else if (this.index !== REGISTER_C && this.index !== REGISTER_D) {
      this.registers[this.index] = value;
    }
  }

  private readRegister(index: number): number {
    const time = this.now();
    switch (index) {
      case SECONDS:
        return this.encode(time.getUTCSeconds());
      case MINUTES:
        return this.encode(time.getUTCMinutes());
      case HOURS:
        return this.hours(time.getUTCHours());
      case DAY_OF_WEEK:
        return this.encode(time.getUTCDay() + 1);
      case DAY:
        return this.encode(time.getUTCDate());
      case MONTH:
        return this.encode(time.getUTCMonth() + 1);
      case YEAR:
        return this.encode(time.getUTCFullYear() % 100);
      case CENTURY:
        return this.encode(Math.floor(time.getUTCFullYear() / 100));
      case REGISTER_C:
        return 0;
      case REGISTER_D:
        return D_BATTERY_GOOD;
      default:
        return this.registers[index] ?? 0;
    }
  }

  /** Twelve-hour time has the afternoon in bit 7. */
  private hours(hours: number): number {
    if (((this.registers[REGISTER_B] ?? 0) & B_24_HOURS) !== 0) return this.encode(hours);
    return this.encode(hours % 12 === 0 ? 12 : hours % 12) | (hours >= 12 ? 0x80 : 0);
  }

  private encode(value: number): number {
    if (((this.registers[REGISTER_B] ?? 0) & B_BINARY) !== 0) return value;
    return (Math.floor(value / 10) << 4) | (value % 10);
  }
}
