import type { BusDevice } from '../machine/bus';
import { SharedLock } from '../sys/shared-lock';

/**
 * A 16550 UART, by National Semiconductor's PC16550D data sheet (June 1995); section and table
 * numbers below are its own. There is no wire: a byte leaves as soon as it is written, so the
 * transmitter is always empty, and bytes of the host arrive as fast as the guest takes them.
 *
 * The registers are on the hot path, so all state lives in shared memory under one lock, and
 * whichever thread meets the exit serves it.
 */

/** Where bytes the guest sends go, and the interrupt line. */
export interface SerialWiring {
  transmit(byte: number): void;
  setInterrupt(level: boolean): void;
}

// Table II: register offsets.
const DATA = 0;
const INTERRUPT_ENABLE = 1;
const INTERRUPT_ID = 2;
const LINE_CONTROL = 3;
const MODEM_CONTROL = 4;
const LINE_STATUS = 5;
const MODEM_STATUS = 6;
const SCRATCH = 7;

// 8.6, interrupt enable register.
const IER_RECEIVED = 0x01;
const IER_TRANSMIT_EMPTY = 0x02;
const IER_LINE_STATUS = 0x04;
const IER_MODEM_STATUS = 0x08;
const IER_MASK = 0x0f;

// Table IV, interrupt identification, highest priority first.
const IIR_LINE_STATUS = 0x06;
const IIR_RECEIVED = 0x04;
const IIR_TIMEOUT = 0x0c;
const IIR_TRANSMIT_EMPTY = 0x02;
const IIR_MODEM_STATUS = 0x00;
const IIR_NONE = 0x01;
const IIR_FIFOS_ON = 0xc0;

// 8.4, FIFO control register.
const FCR_ENABLE = 0x01;
const FCR_RESET_RECEIVER = 0x02;
const TRIGGER_LEVELS = [1, 4, 8, 14] as const;

// 8.1, line control register.
const LCR_DIVISOR_LATCH = 0x80;

// 8.7, modem control register.
const MCR_DTR = 0x01;
const MCR_RTS = 0x02;
const MCR_OUT1 = 0x04;
const MCR_OUT2 = 0x08;
const MCR_LOOP = 0x10;
const MCR_MASK = 0x1f;

// 8.3, line status register.
const LSR_DATA_READY = 0x01;
const LSR_OVERRUN = 0x02;
const LSR_TRANSMITTER_EMPTY = 0x60;

// 8.8, modem status register: the lines in the high half, what changed in the low.
const MSR_CTS = 0x10;
const MSR_DSR = 0x20;
const MSR_RI = 0x40;
const MSR_DCD = 0x80;
const MSR_DELTA_RI = 0x04;
/** A terminal that is there and ready. */
const MSR_CONNECTED = MSR_CTS | MSR_DSR | MSR_DCD;

const FIFO_BYTES = 16;
/** Bytes of the host that wait outside the chip for room in its FIFO. */
const INPUT_BYTES = 4096;

/** Indexes of the words of shared state. */
enum Word {
  Lock,
  Ier,
  Lcr,
  Mcr,
  Msr,
  Scratch,
  Divisor,
  FifoEnabled,
  Trigger,
  Overrun,
  /** The transmitter became empty and nobody has been told; 8.6. */
  TransmitPending,
  FifoHead,
  FifoCount,
  InputHead,
  InputCount,
  InterruptLevel,
  Count,
}

const WORD_BYTES = Word.Count * 4;

/** The state of one UART, for every thread that serves it. */
export function createSerialState(): SharedArrayBuffer {
  return new SharedArrayBuffer(WORD_BYTES + FIFO_BYTES + INPUT_BYTES);
}

export class Serial implements BusDevice {
  readonly widest = 1;
  private readonly words: Int32Array;
  private readonly fifo: Uint8Array;
  private readonly input: Uint8Array;
  private readonly lock: SharedLock;

  constructor(
    state: SharedArrayBuffer,
    private readonly wiring: SerialWiring,
  ) {
    this.words = new Int32Array(state, 0, Word.Count);
    this.fifo = new Uint8Array(state, WORD_BYTES, FIFO_BYTES);
    this.input = new Uint8Array(state, WORD_BYTES + FIFO_BYTES, INPUT_BYTES);
    this.lock = new SharedLock(this.words, Word.Lock);
  }

  /** Table III: what a master reset leaves. Bytes of the host that still wait are dropped. */
  reset(): void {
    this.lock.acquire();
    this.words.fill(0, Word.Ier);
    this.words[Word.Trigger] = 1;
    this.words[Word.Msr] = MSR_CONNECTED;
    this.words[Word.Divisor] = 12;
    this.lock.release();
  }

  /** Bytes from the host for the guest. @returns how many were taken; the rest has no room yet */
  receive(bytes: Uint8Array): number {
    this.lock.acquire();
    try {
      const count = Math.min(bytes.length, INPUT_BYTES - this.word(Word.InputCount));
      for (let i = 0; i < count; i++) {
        const at = (this.word(Word.InputHead) + this.word(Word.InputCount)) % INPUT_BYTES;
        this.input[at] = bytes[i] ?? 0;
        this.words[Word.InputCount] = this.word(Word.InputCount) + 1;
      }
      this.refill();
      this.updateInterrupt();
      return count;
    } finally {
      this.lock.release();
    }
  }

  read(offset: number): number {
    this.lock.acquire();
    try {
      return this.readRegister(offset);
    } finally {
      this.lock.release();
    }
  }

  write(offset: number, _size: number, value: number): void {
    this.lock.acquire();
    try {
      this.writeRegister(offset, value & 0xff);
    } finally {
      this.lock.release();
    }
  }

  private readRegister(offset: number): number {
    switch (offset) {
      case DATA:
        return this.divisorLatch ? this.word(Word.Divisor) & 0xff : this.takeReceived();
      case INTERRUPT_ENABLE:
        return this.divisorLatch ? this.word(Word.Divisor) >> 8 : this.word(Word.Ier);
      case INTERRUPT_ID:
        return this.takeInterruptId();
      case LINE_CONTROL:
        return this.word(Word.Lcr);
      case MODEM_CONTROL:
        return this.word(Word.Mcr);
      case LINE_STATUS: {
        const status = this.lineStatus();
        this.words[Word.Overrun] = 0;
        this.updateInterrupt();
        return status;
      }
      case MODEM_STATUS: {
        const status = this.word(Word.Msr);
        this.words[Word.Msr] = status & 0xf0;
        this.updateInterrupt();
        return status;
      }
      default:
        return this.word(Word.Scratch);
    }
  }

  private writeRegister(offset: number, value: number): void {
    switch (offset) {
      case DATA:
        if (this.divisorLatch) {
          this.words[Word.Divisor] = (this.word(Word.Divisor) & 0xff00) | value;
        } else {
          this.transmit(value);
        }
        return;
      case INTERRUPT_ENABLE:
        if (this.divisorLatch) {
          this.words[Word.Divisor] = (this.word(Word.Divisor) & 0xff) | (value << 8);
          return;
        }
        // 8.6: enabling the interrupt while the transmitter is empty raises it.
        if ((value & ~this.word(Word.Ier) & IER_TRANSMIT_EMPTY) !== 0) {
          this.words[Word.TransmitPending] = 1;
        }
        this.words[Word.Ier] = value & IER_MASK;
        this.updateInterrupt();
        return;
      case INTERRUPT_ID:
        this.controlFifo(value);
        return;
      case LINE_CONTROL:
        this.words[Word.Lcr] = value;
        return;
      case MODEM_CONTROL:
        this.words[Word.Mcr] = value & MCR_MASK;
        this.updateModemLines();
        // Leaving loopback lets the host's bytes in.
        this.refill();
        this.updateInterrupt();
        return;
      case SCRATCH:
        this.words[Word.Scratch] = value;
        return;
      default:
      // Line and modem status are for the factory's tests only; 8.3, 8.8.
    }
  }

  private transmit(byte: number): void {
    if (this.loopback) this.pushReceived(byte);
    else this.wiring.transmit(byte);
    this.words[Word.TransmitPending] = 1;
    this.updateInterrupt();
  }

  private pushReceived(byte: number): void {
    const count = this.word(Word.FifoCount);
    if (count < this.capacity) {
      this.fifo[(this.word(Word.FifoHead) + count) % FIFO_BYTES] = byte;
      this.words[Word.FifoCount] = count + 1;
      return;
    }
    this.words[Word.Overrun] = 1;
    // 8.3: without FIFOs the new character overwrites the old one; with them the new one is lost.
    if (this.word(Word.FifoEnabled) === 0) this.fifo[this.word(Word.FifoHead)] = byte;
  }

  private takeReceived(): number {
    if (this.word(Word.FifoCount) === 0) return 0;
    const byte = this.fifo[this.word(Word.FifoHead)] ?? 0;
    this.words[Word.FifoHead] = (this.word(Word.FifoHead) + 1) % FIFO_BYTES;
    this.words[Word.FifoCount] = this.word(Word.FifoCount) - 1;
    this.refill();
    this.updateInterrupt();
    return byte;
  }

  /** Moves the host's bytes into the chip as far as there is room, so that none is overrun. */
  private refill(): void {
    if (this.loopback) return;
    while (this.word(Word.InputCount) > 0 && this.word(Word.FifoCount) < this.capacity) {
      this.pushReceived(this.input[this.word(Word.InputHead)] ?? 0);
      this.words[Word.InputHead] = (this.word(Word.InputHead) + 1) % INPUT_BYTES;
      this.words[Word.InputCount] = this.word(Word.InputCount) - 1;
    }
  }

  private controlFifo(value: number): void {
    const enabled = value & FCR_ENABLE;
    const changed = enabled !== this.word(Word.FifoEnabled);
    // 8.4: changing the mode clears the FIFOs; the other bits count only while they are on.
    if (changed || (enabled !== 0 && (value & FCR_RESET_RECEIVER) !== 0)) {
      this.words[Word.FifoCount] = 0;
    }
    this.words[Word.FifoEnabled] = enabled;
    if (enabled !== 0) this.words[Word.Trigger] = TRIGGER_LEVELS[value >> 6] ?? 1;
    this.refill();
    this.updateInterrupt();
  }

  /** 8.8: in loopback the modem outputs drive the modem inputs. */
  private updateModemLines(): void {
    const mcr = this.word(Word.Mcr);
    const lines = this.loopback
      ? ((mcr & MCR_RTS) !== 0 ? MSR_CTS : 0) |
        ((mcr & MCR_DTR) !== 0 ? MSR_DSR : 0) |
        ((mcr & MCR_OUT1) !== 0 ? MSR_RI : 0) |
        ((mcr & MCR_OUT2) !== 0 ? MSR_DCD : 0)
      : MSR_CONNECTED;
    const before = this.word(Word.Msr);
    let deltas = ((before ^ lines) & 0xf0) >> 4;
    // The ring indicator counts its trailing edge only.
    if ((lines & MSR_RI) !== 0) deltas &= ~MSR_DELTA_RI;
    this.words[Word.Msr] = lines | (before & 0x0f) | deltas;
  }

  private lineStatus(): number {
    return (
      LSR_TRANSMITTER_EMPTY |
      (this.word(Word.FifoCount) > 0 ? LSR_DATA_READY : 0) |
      (this.word(Word.Overrun) !== 0 ? LSR_OVERRUN : 0)
    );
  }

  /** Reading the register acknowledges a transmitter interrupt, if that is what it says; 8.5. */
  private takeInterruptId(): number {
    const id = this.interruptId();
    if (id === IIR_TRANSMIT_EMPTY) {
      this.words[Word.TransmitPending] = 0;
      this.updateInterrupt();
    }
    return id | (this.word(Word.FifoEnabled) !== 0 ? IIR_FIFOS_ON : 0);
  }

  private interruptId(): number {
    const ier = this.word(Word.Ier);
    const received = this.word(Word.FifoCount);
    if ((ier & IER_LINE_STATUS) !== 0 && this.word(Word.Overrun) !== 0) return IIR_LINE_STATUS;
    if ((ier & IER_RECEIVED) !== 0 && received > 0) {
      if (this.word(Word.FifoEnabled) === 0) return IIR_RECEIVED;
      // No more comes within four character times when all there was fits: a timeout; 8.11.
      return received >= this.word(Word.Trigger) ? IIR_RECEIVED : IIR_TIMEOUT;
    }
    if ((ier & IER_TRANSMIT_EMPTY) !== 0 && this.word(Word.TransmitPending) !== 0) {
      return IIR_TRANSMIT_EMPTY;
    }
    if ((ier & IER_MODEM_STATUS) !== 0 && (this.word(Word.Msr) & 0x0f) !== 0) {
      return IIR_MODEM_STATUS;
    }
    return IIR_NONE;
  }

  /** The one place that drives the line. On a PC, OUT2 connects the chip to the interrupt bus. */
  private updateInterrupt(): void {
    const connected = (this.word(Word.Mcr) & MCR_OUT2) !== 0;
    const level = connected && this.interruptId() !== IIR_NONE ? 1 : 0;
    if (level === this.word(Word.InterruptLevel)) return;
    this.words[Word.InterruptLevel] = level;
    this.wiring.setInterrupt(level === 1);
  }

  private get capacity(): number {
    return this.word(Word.FifoEnabled) !== 0 ? FIFO_BYTES : 1;
  }

  private get divisorLatch(): boolean {
    return (this.word(Word.Lcr) & LCR_DIVISOR_LATCH) !== 0;
  }

  private get loopback(): boolean {
    return (this.word(Word.Mcr) & MCR_LOOP) !== 0;
  }

  private word(index: Word): number {
    return this.words[index] ?? 0;
  }
}
