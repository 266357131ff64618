import type { BusDevice } from '../machine/bus';

/** The fixed hardware of ACPI: power button, soft-off and timer; ACPI 6.5, 4.8. */

// PM1 status and enable, 16 bits each, side by side; 4.8.3.1.
const STATUS = 0;
const ENABLE = 2;
const GLOBAL = 1 << 5;
const POWER_BUTTON = 1 << 8;
const EVENTS = GLOBAL | POWER_BUTTON;

// PM1 control; 4.8.3.2.
const SCI_ENABLED = 1;
const SLEEP_TYPE_SHIFT = 10;
const SLEEP_TYPE_MASK = 7;
const SLEEP_ENABLE = 1 << 13;
/** What the \_S5 package of our DSDT says. */
export const SLEEP_TYPE_OFF = 5;

/** 3.579545 MHz; 4.8.3.3. */
const TIMER_HZ = 3_579_545;

export interface AcpiPmWiring {
  powerOff(): void;
  setInterrupt(level: boolean): void;
  /** Nanoseconds of a clock that never goes back. */
  nowNs(): bigint;
}

export class AcpiPm {
  private status = 0;
  private enable = 0;
  private control = SCI_ENABLED;
  private level = false;

  constructor(private readonly wiring: AcpiPmWiring) {}

  /** The person at the machine pressed it; what comes of it is the guest's affair. */
  pressPowerButton(): void {
    this.status |= POWER_BUTTON;
    this.updateInterrupt();
  }

  /** The SCI is up while an event that is enabled is not acknowledged. */
  private updateInterrupt(): void {
    const level = (this.status & this.enable & EVENTS) !== 0;
    if (level === this.level) return;
    this.level = level;
    this.wiring.setInterrupt(level);
  }

  readonly events: BusDevice = {
    widest: 2,
    read: (offset, size) => {
      const register = offset < ENABLE ? this.status : this.enable;
      return size === 2 ? register : (register >>> (8 * (offset & 1))) & 0xff;
    },
    write: (offset, size, value) => {
      const shift = 8 * (offset & 1);
      const mask = (size === 2 ? 0xffff : 0xff) << shift;
      const bits = (value << shift) & mask;
      // A one clears a status bit.
      if (offset < STATUS + 2) this.status &= ~bits;
      else this.enable = ((this.enable & ~mask) | bits) & EVENTS;
      this.updateInterrupt();
    },
  };

  readonly controls: BusDevice = {
    widest: 2,
    read: (offset, size) => (size === 2 ? this.control : (this.control >>> (8 * offset)) & 0xff),
    write: (offset, size, value) => {
      const shift = 8 * offset;
      const mask = (size === 2 ? 0xffff : 0xff) << shift;
      const written = (this.control & ~mask) | ((value << shift) & mask);
      // SLP_EN reads as zero, and there is no mode but ACPI's.
      this.control = (written & ~SLEEP_ENABLE) | SCI_ENABLED;
      const type = (written >>> SLEEP_TYPE_SHIFT) & SLEEP_TYPE_MASK;
      if ((written & SLEEP_ENABLE) !== 0 && type === SLEEP_TYPE_OFF) this.wiring.powerOff();
    },
  };

  readonly timer: BusDevice = {
    widest: 4,
    read: (offset, size) => {
      const ticks = (this.wiring.nowNs() * BigInt(TIMER_HZ)) / 1_000_000_000n;
      const count = Number(ticks & 0xffff_ffffn);
      if (size === 4) return count;
      return (count >>> (8 * offset)) & (size === 2 ? 0xffff : 0xff);
    },
    write: () => undefined,
  };
}
