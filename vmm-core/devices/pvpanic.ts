import type { BusDevice } from '../machine/bus';

/** The paravirtual panic device: docs/specs/pvpanic of QEMU, which Linux and Windows drivers know. */
const PANICKED = 1;
const CRASH_LOADED = 2;

export class PvPanic implements BusDevice {
  readonly widest = 1;

  /** @param onPanic the guest's kernel has panicked and has no crash kernel that takes over */
  constructor(private readonly onPanic: () => void) {}

  /** The events that we understand. */
  read(): number {
    return PANICKED | CRASH_LOADED;
  }

  write(_offset: number, _size: number, value: number): void {
    if ((value & PANICKED) !== 0) this.onPanic();
  }
}
