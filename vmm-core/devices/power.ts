import type { BusDevice } from '../machine/bus';

/** What a guest asks of the machine through one of these ports. */
export interface MachineControl {
  reset(): void;
  powerOff(): void;
  /** The guest's kernel has panicked; what it does next is its own affair. */
  panicked(): void;
  exit(code: number): void;
}

/** The keyboard controller's status and command port. */
const I8042_COMMAND = 4;
/** Pulse output line 0, which a PC wires to the processor's reset; IBM PC/AT manual, 1-49. */
const PULSE_RESET = 0xfe;

/** All of the keyboard controller that a machine without a keyboard needs: the reset line. */
export class I8042 implements BusDevice {
  readonly widest = 1;

  constructor(private readonly control: MachineControl) {}

  /** Never busy, never a byte to fetch. */
  read(): number {
    return 0;
  }

  write(offset: number, _size: number, value: number): void {
    if (offset === I8042_COMMAND && value === PULSE_RESET) this.control.reset();
  }
}

/** Reset control register of the PIIX and ICH chipsets: bit 2 resets when it goes from 0 to 1. */
const RESET_CPU = 0x04;

export class ResetControl implements BusDevice {
  readonly widest = 1;
  private value = 0;

  constructor(private readonly control: MachineControl) {}

  read(): number {
    return this.value;
  }

  write(_offset: number, _size: number, value: number): void {
    const rising = (value & ~this.value & RESET_CPU) !== 0;
    this.value = value;
    if (rising) this.control.reset();
  }
}

/** Ends the machine with the value written, so that a test payload can say how it went. */
export class DebugExit implements BusDevice {
  readonly widest = 4;

  constructor(private readonly control: MachineControl) {}

  read(): number {
    return 0;
  }

  write(_offset: number, _size: number, value: number): void {
    this.control.exit(value);
  }
}
