import type { BusDevice } from '../machine/bus';
import type { MsiLine, MsiLines, MsiMessage } from '../machine/interrupt-router';

/** MSI-X: a table of messages in a BAR, a mask for each, and pending bits; PCI 3.0, 6.8.2. */

export const MSIX_CAPABILITY = 0x11;
export const MSIX_ENTRY_BYTES = 16;
export const MAX_MSIX_VECTORS = 256;

// Message control, the word behind the capability's header; 6.8.2.3.
export const MSIX_CONTROL_ENABLE = 0x8000;
export const MSIX_CONTROL_MASK_ALL = 0x4000;

// Words of a table entry; 6.8.2.6 to 6.8.2.9.
const ADDRESS_LOW = 0;
const ADDRESS_HIGH = 1;
const DATA = 2;
const CONTROL = 3;
const ENTRY_WORDS = 4;
const VECTOR_MASKED = 1;

/** The vectors of one function. */
export class MsixVectors {
  private readonly words: Uint32Array;
  private readonly pending: Uint32Array;
  private readonly lines: (MsiLine | undefined)[] = [];
  private readonly routed: (MsiMessage | undefined)[] = [];
  private isEnabled = false;
  private isMaskedWhole = false;

  constructor(
    readonly count: number,
    private readonly msi: MsiLines,
  ) {
    if (count < 1 || count > MAX_MSIX_VECTORS) throw new RangeError(`${count} MSI-X vectors`);
    this.words = new Uint32Array(count * ENTRY_WORDS);
    this.pending = new Uint32Array(Math.ceil(count / 32));
    this.reset();
  }

  /** All vectors are masked and none is pending; 6.8.2.9. */
  reset(): void {
    this.words.fill(0);
    this.pending.fill(0);
    for (let vector = 0; vector < this.count; vector++) {
      this.words[vector * ENTRY_WORDS + CONTROL] = VECTOR_MASKED;
    }
    this.isEnabled = false;
    this.isMaskedWhole = false;
  }

  get enabled(): boolean {
    return this.isEnabled;
  }

  /** The guest wrote the message control word. */
  setControl(control: number): void {
    this.isEnabled = (control & MSIX_CONTROL_ENABLE) !== 0;
    this.isMaskedWhole = (control & MSIX_CONTROL_MASK_ALL) !== 0;
    for (let vector = 0; vector < this.count; vector++) this.settle(vector);
  }

  /** Raises a vector; while it is masked it is only remembered. */
  trigger(vector: number): void {
    if (!this.isEnabled || vector >= this.count) return;
    if (this.isMasked(vector)) this.setPending(vector, true);
    else this.lines[vector]?.trigger();
  }

  private isMasked(vector: number): boolean {
    const control = this.words[vector * ENTRY_WORDS + CONTROL] ?? 0;
    return this.isMaskedWhole || (control & VECTOR_MASKED) !== 0;
  }

  private isPending(vector: number): boolean {
    return ((this.pending[vector >>> 5] ?? 0) & (1 << (vector & 31))) !== 0;
  }

  private setPending(vector: number, on: boolean): void {
    const bit = 1 << (vector & 31);
    const word = this.pending[vector >>> 5] ?? 0;
    this.pending[vector >>> 5] = on ? word | bit : word & ~bit;
  }

  /** A vector that may fire gets its route, and fires when it is pending. */
  private settle(vector: number): void {
    if (!this.isEnabled || this.isMasked(vector)) return;
    this.route(vector);
    if (!this.isPending(vector)) return;
    this.setPending(vector, false);
    this.lines[vector]?.trigger();
  }

  /** Changing the VM's table is slow: it waits until the vector is unmasked with another message. */
  private route(vector: number): void {
    const at = vector * ENTRY_WORDS;
    const message = {
      addressLow: this.words[at + ADDRESS_LOW] ?? 0,
      addressHigh: this.words[at + ADDRESS_HIGH] ?? 0,
      data: this.words[at + DATA] ?? 0,
    };
    const routed = this.routed[vector];
    if (
      routed !== undefined &&
      routed.addressLow === message.addressLow &&
      routed.addressHigh === message.addressHigh &&
      routed.data === message.data
    ) {
      return;
    }
    this.routed[vector] = message;
    this.lines[vector] ??= this.msi.newLine();
    this.lines[vector].setMessage(message);
  }

  /** The table; software may use accesses of 4 and 8 bytes only, 6.8.2. */
  readonly table: BusDevice = {
    widest: 4,
    read: (offset, size) => (size === 4 ? (this.words[offset >>> 2] ?? 0) : 0),
    write: (offset, size, value) => {
      const word = offset >>> 2;
      if (size !== 4 || (offset & 3) !== 0 || word >= this.words.length) return;
      const isControl = word % ENTRY_WORDS === CONTROL;
      this.words[word] = isControl ? value & VECTOR_MASKED : value;
      this.settle(Math.floor(word / ENTRY_WORDS));
    },
  };

  /** The pending bits, read only. */
  readonly pendingBits: BusDevice = {
    widest: 4,
    read: (offset, size) => (size === 4 ? (this.pending[offset >>> 2] ?? 0) : 0),
    write: () => undefined,
  };
}
