import type { BusDevice, MemoryBus } from '../machine/bus';
import { COMMAND_MEMORY, ConfigSpace, type FunctionIdentity, HEADER } from './config-space';

const BARS = 6;

/** Memory of a function at an address that the guest chooses; PCI Local Bus 3.0, 6.2.5.1. */
export interface MemoryBar {
  /** Bytes, a power of two, at least 4096 so that no two share a page. */
  readonly size: number;
  readonly device: BusDevice;
  /** The BAR now answers at `gpa`, or nowhere. */
  moved?(gpa: number | undefined): void;
}

/** Guest physical addresses in which BARs may lie. */
export interface Window {
  readonly base: number;
  readonly size: number;
}

/** One function on the bus: its configuration space and its memory BARs, 32 bits each. */
export class PciFunction {
  readonly config: ConfigSpace;
  private readonly bars: (MemoryBar | undefined)[] = Array.from({ length: BARS });
  private readonly mappedAt: (number | undefined)[] = Array.from({ length: BARS });
  private memory: MemoryBus | undefined;
  private window: Window = { base: 0, size: 0 };

  constructor(identity: FunctionIdentity) {
    this.config = new ConfigSpace(identity);
  }

  addBar(index: number, bar: MemoryBar): void {
    this.bars[index] = bar;
    // The bits below the size are hard-wired to zero: that is how software sizes a BAR.
    this.config.allowWrites((HEADER.bar0 + 4 * index) as number, 4, -bar.size >>> 0);
  }

  barSize(index: number): number {
    return this.bars[index]?.size ?? 0;
  }

  /** Connects the function to the memory bus; BARs answer only inside `window`. */
  connect(memory: MemoryBus, window: Window): void {
    this.memory = memory;
    this.window = window;
  }

  setBar(index: number, gpa: number): void {
    this.config.write(HEADER.bar0 + 4 * index, 4, gpa);
  }

  readConfig(offset: number, size: number): number {
    return this.config.read(offset, size);
  }

  writeConfig(offset: number, size: number, value: number): void {
    this.config.write(offset, size, value);
    const barsEnd = HEADER.bar0 + 4 * BARS;
    if (offset < barsEnd && offset + size > HEADER.command) this.decode();
  }

  /** Makes the BARs answer where, and only if, the registers say so. */
  private decode(): void {
    const enabled = (this.config.read(HEADER.command, 2) & COMMAND_MEMORY) !== 0;
    for (let index = 0; index < BARS; index++) {
      const bar = this.bars[index];
      if (bar === undefined) continue;
      const gpa = this.config.read(HEADER.bar0 + 4 * index, 4);
      const wanted = enabled && this.isInWindow(gpa, bar.size) ? gpa : undefined;
      this.map(index, bar, wanted);
    }
  }

  private isInWindow(gpa: number, size: number): boolean {
    return gpa >= this.window.base && gpa + size <= this.window.base + this.window.size;
  }

  private map(index: number, bar: MemoryBar, wanted: number | undefined): void {
    const at = this.mappedAt[index];
    if (at === wanted || this.memory === undefined) return;
    if (at !== undefined) this.memory.detach(at);
    // Where another BAR is already, this one stays silent until the guest moves one of them.
    const isMapped = wanted !== undefined && this.memory.attach(wanted, bar.size, bar.device);
    this.mappedAt[index] = isMapped ? wanted : undefined;
    bar.moved?.(isMapped ? wanted : undefined);
  }
}
