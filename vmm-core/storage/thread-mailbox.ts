import type { EngineOperation } from './disk-engine';

// Words of the header.
/** Operations given to the thread, and reported by it; they count modulo 2^32. */
const GIVEN = 0;
const REPORTED = 1;
/** The thread sleeps, or is about to, so it has to be notified. */
const SLEEPING = 2;
/** Its eventfd was signalled for what is reported. */
const SIGNALLED = 3;
/** Nothing more will be given. */
const CLOSED = 4;
const HEADER_WORDS = 8;

/** For each place of a ring: slot and operation given, slot and result reported. */
const RING_WORDS = 4;
/** For each slot: address, length, offset. */
const SLOT_NUMBERS = 3;

/**
 * What the first thread and a disk's thread share: two rings, of operations and of their results,
 * each with room for every slot, and the arguments of each slot's operation. Each end has its own.
 */
export class ThreadMailbox {
  /** The slots' operations: valid in the disk's thread after take(). */
  slot = 0;
  operation: EngineOperation = 0;
  address = 0;
  length = 0;
  offset = 0;
  /** Valid after takeResult(). */
  result = 0;

  private readonly header: Int32Array;
  private readonly ring: Int32Array;
  private readonly numbers: Float64Array;
  /** A power of two, so that counters may wrap. */
  private readonly capacity: number;
  /** How far this end has got; both ends begin with the memory as it was made. */
  private given = 0;
  private reported = 0;

  static create(slots: number): SharedArrayBuffer {
    const capacity = 2 ** Math.ceil(Math.log2(slots));
    const words = HEADER_WORDS + capacity * RING_WORDS;
    return new SharedArrayBuffer(words * 4 + capacity * SLOT_NUMBERS * 8);
  }

  constructor(memory: SharedArrayBuffer) {
    const perSlot = RING_WORDS * 4 + SLOT_NUMBERS * 8;
    this.capacity = (memory.byteLength - HEADER_WORDS * 4) / perSlot;
    this.header = new Int32Array(memory, 0, HEADER_WORDS);
    this.ring = new Int32Array(memory, HEADER_WORDS * 4, this.capacity * RING_WORDS);
    this.numbers = new Float64Array(
      memory,
      (HEADER_WORDS + this.capacity * RING_WORDS) * 4,
      this.capacity * SLOT_NUMBERS,
    );
  }

  // The first thread's end.

  /** Puts an operation into the ring; give() makes it known. */
  put(
    slot: number,
    operation: EngineOperation,
    address: number,
    length: number,
    offset: number,
  ): void {
    const at = (this.given & (this.capacity - 1)) * RING_WORDS;
    this.ring[at] = slot;
    this.ring[at + 1] = operation;
    const number = slot * SLOT_NUMBERS;
    this.numbers[number] = address;
    this.numbers[number + 1] = length;
    this.numbers[number + 2] = offset;
    this.given = (this.given + 1) | 0;
  }

  give(): void {
    Atomics.store(this.header, GIVEN, this.given);
    if (Atomics.load(this.header, SLEEPING) !== 0) Atomics.notify(this.header, GIVEN);
  }

  /** @returns false when no result is left; else `slot` and `result` hold the oldest */
  takeResult(): boolean {
    if (this.reported === Atomics.load(this.header, REPORTED)) return false;
    const at = (this.reported & (this.capacity - 1)) * RING_WORDS;
    this.slot = this.ring[at + 2] as number;
    this.result = this.ring[at + 3] as number;
    this.reported = (this.reported + 1) | 0;
    return true;
  }

  /** Before the results are taken: what is reported from now on is signalled again. */
  expectSignal(): void {
    Atomics.store(this.header, SIGNALLED, 0);
  }

  closeDown(): void {
    Atomics.store(this.header, CLOSED, 1);
    // Changed, so that a thread about to sleep does not.
    Atomics.add(this.header, GIVEN, 1);
    Atomics.notify(this.header, GIVEN);
  }

  // The disk thread's end.

  /** Sleeps until there is an operation. @returns false when there will be none any more */
  take(): boolean {
    for (;;) {
      const given = Atomics.load(this.header, GIVEN);
      if (Atomics.load(this.header, CLOSED) !== 0) return false;
      if (given !== this.given) break;
      Atomics.store(this.header, SLEEPING, 1);
      Atomics.wait(this.header, GIVEN, given);
      Atomics.store(this.header, SLEEPING, 0);
    }
    const at = (this.given & (this.capacity - 1)) * RING_WORDS;
    this.slot = this.ring[at] as number;
    this.operation = this.ring[at + 1] as EngineOperation;
    const number = this.slot * SLOT_NUMBERS;
    this.address = this.numbers[number] as number;
    this.length = this.numbers[number + 1] as number;
    this.offset = this.numbers[number + 2] as number;
    this.given = (this.given + 1) | 0;
    return true;
  }

  /** @returns whether the other end has to be signalled */
  report(slot: number, result: number): boolean {
    const at = (this.reported & (this.capacity - 1)) * RING_WORDS;
    this.ring[at + 2] = slot;
    this.ring[at + 3] = result;
    this.reported = (this.reported + 1) | 0;
    Atomics.store(this.header, REPORTED, this.reported);
    return Atomics.exchange(this.header, SIGNALLED, 1) === 0;
  }
}
