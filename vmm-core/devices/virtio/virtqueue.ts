import type { GuestMemory } from '../../memory/guest-memory';
import { viewOf } from '../../sys/mapping';
import type { DescriptorChain } from './descriptor-chain';

/** Split virtqueues; virtio 1.2, section 2.7. */

// Descriptor flags; 2.7.5.
const DESC_NEXT = 1;
const DESC_WRITE = 2;
const DESC_INDIRECT = 4;
const DESC_BYTES = 16;
/** Words of 32 bits. */
const DESC_WORDS = 4;

/** The driver does not want to be interrupted; 2.7.6. */
const AVAIL_NO_INTERRUPT = 1;
/** The device does not want to be notified; 2.7.8. */
const USED_NO_NOTIFY = 1;

// Ring layouts: flags, index, entries, and behind them the event index of the other side.
const RING_FLAGS = 0;
const RING_INDEX = 1;
const AVAIL_ENTRIES = 2;
/** In words of 32 bits. */
const USED_ENTRIES = 1;
const USED_ENTRY_WORDS = 2;

const WORD = 2 ** 32;
/** A chain holds at most so many bytes; 2.7.5.2. */
const MAX_CHAIN_BYTES = 2 ** 32;

/** Where the driver has put the parts of a queue, and what was negotiated. */
export interface QueueLayout {
  /** A power of two, at most the device's maximum. */
  readonly size: number;
  readonly descriptors: number;
  readonly available: number;
  readonly used: number;
  readonly eventIndex: boolean;
  readonly indirect: boolean;
}

/** What a queue tells its device's transport. */
export interface QueueEvents {
  /** The driver wants to know of the used ring's new entries. */
  interrupt(): void;
  /** The driver broke a rule; the queue serves nothing more until the device is reset. */
  broken(reason: string): void;
}

/**
 * The device's side of one virtqueue. The driver is not trusted: every address, index and length is
 * checked, and a driver that breaks a rule stops its own queue and nothing else.
 */
export class Virtqueue {
  /** Chains taken and given back since the queue was enabled. */
  popped = 0;
  pushed = 0;
  interrupts = 0;
  private isBroken = false;
  private readonly mask: number;
  private readonly descriptors: Uint32Array;
  private readonly descriptorFlags: Uint16Array;
  private readonly available: Uint16Array;
  private readonly usedIndexes: Uint16Array;
  private readonly usedEntries: Uint32Array;
  /** Next entry of the available ring to take, as the driver counts: modulo 2^16. */
  private nextAvailable = 0;
  /** The available index as last seen. */
  private seenAvailable = 0;
  /** Next entry of the used ring to fill, and the index the driver was last told. */
  private nextUsed = 0;
  private publishedUsed = 0;

  /**
   * @throws GuestAddressError when a part of the queue is not in RAM, RangeError when it is not
   * aligned or the size is no power of two; 2.7
   */
  constructor(
    private readonly memory: GuestMemory,
    private readonly layout: QueueLayout,
    private readonly events: QueueEvents,
  ) {
    const { size } = layout;
    if (size < 1 || size > 32_768 || (size & (size - 1)) !== 0) {
      throw new RangeError(`a queue of ${size} entries: no power of two up to 32768`);
    }
    this.mask = size - 1;
    const descriptors = part(memory, 'descriptor table', layout.descriptors, DESC_BYTES * size, 16);
    const available = part(memory, 'available ring', layout.available, 6 + 2 * size, 2);
    // Behind 6 + 8 * size bytes; the view is rounded down to the words in it.
    const used = part(memory, 'used ring', layout.used, 6 + 8 * size, 4);
    this.descriptors = new Uint32Array(descriptors);
    this.descriptorFlags = new Uint16Array(descriptors);
    this.available = new Uint16Array(available);
    this.usedIndexes = new Uint16Array(used);
    this.usedEntries = new Uint32Array(used, 0, USED_ENTRIES + USED_ENTRY_WORDS * size);
  }

  get size(): number {
    return this.layout.size;
  }

  /**
   * Takes the next chain that the driver made available.
   * @returns false when there is none, or the queue is broken
   */
  pop(chain: DescriptorChain): boolean {
    if (this.isBroken) return false;
    if (this.nextAvailable === this.seenAvailable && !this.lookForMore()) return false;
    const head = this.available[AVAIL_ENTRIES + (this.nextAvailable & this.mask)] as number;
    if (!this.collect(chain, head)) return false;
    this.nextAvailable = (this.nextAvailable + 1) & 0xffff;
    this.popped += 1;
    return true;
  }

  /** Gives back the chains popped last, unserved, so that they are popped again. */
  unpop(count: number): void {
    this.nextAvailable = (this.nextAvailable - count) & 0xffff;
    this.popped -= count;
  }

  /** Whether there is a chain to pop, without taking it. */
  hasAvailable(): boolean {
    return !this.isBroken && (this.nextAvailable !== this.seenAvailable || this.lookForMore());
  }

  /** Reads the driver's index anew; the entries it covers were written before it. */
  private lookForMore(): boolean {
    const index = Atomics.load(this.available, RING_INDEX);
    const waiting = (index - this.nextAvailable) & 0xffff;
    if (waiting > this.layout.size) {
      this.fail(`the available index went ahead by ${waiting} in a queue of ${this.layout.size}`);
      return false;
    }
    this.seenAvailable = index;
    return waiting > 0;
  }

  /** Follows a chain; a table that loops is noticed by its length. */
  private collect(chain: DescriptorChain, head: number): boolean {
    chain.clear(head);
    const { size } = this.layout;
    let index = head;
    for (let followed = 0; followed < size; followed++) {
      if (index >= size) return this.fail(`descriptor ${index} of a queue of ${size}`);
      const flags = this.descriptorFlags[index * 8 + 6] as number;
      const at = index * DESC_WORDS;
      if ((flags & DESC_INDIRECT) !== 0) {
        // An indirect descriptor ends the chain; 2.7.5.3.1.
        if ((flags & DESC_NEXT) !== 0) return this.fail('an indirect descriptor with a next one');
        return this.collectIndirect(
          chain,
          address(this.descriptors, at),
          word(this.descriptors, at + 2),
        );
      }
      if (!this.addBuffer(chain, this.descriptors, at, flags)) return false;
      if ((flags & DESC_NEXT) === 0) return true;
      index = this.descriptorFlags[index * 8 + 7] as number;
    }
    return this.fail(`a chain of more than ${size} descriptors`);
  }

  /** A table of descriptors in a buffer of its own; 2.7.5.3. */
  private collectIndirect(chain: DescriptorChain, gpa: number, length: number): boolean {
    if (!this.layout.indirect) return this.fail('an indirect descriptor was not negotiated');
    const count = length / DESC_BYTES;
    if (!Number.isInteger(count) || count === 0) {
      return this.fail(`an indirect table of ${length} bytes`);
    }
    if (!this.memory.contains(gpa, length)) {
      return this.fail(`an indirect table at 0x${gpa.toString(16)}, which is not RAM`);
    }
    let index = 0;
    // A legal chain is no longer than the queue, whatever the table's size; 2.7.5.3.1.
    for (let followed = 0; followed < this.layout.size; followed++) {
      if (index >= count) return this.fail(`descriptor ${index} of an indirect table of ${count}`);
      const at = gpa + index * DESC_BYTES;
      const low = this.memory.readU32(at);
      const high = this.memory.readU32(at + 4);
      const bytes = this.memory.readU32(at + 8);
      const last = this.memory.readU32(at + 12);
      const flags = last & 0xffff;
      if ((flags & DESC_INDIRECT) !== 0) return this.fail('an indirect table in an indirect table');
      if (!this.add(chain, low + high * WORD, bytes, flags)) return false;
      if ((flags & DESC_NEXT) === 0) return true;
      index = last >>> 16;
    }
    return this.fail(`an indirect chain of more than ${this.layout.size} descriptors`);
  }

  private addBuffer(
    chain: DescriptorChain,
    table: Uint32Array,
    at: number,
    flags: number,
  ): boolean {
    return this.add(chain, address(table, at), word(table, at + 2), flags);
  }

  private add(chain: DescriptorChain, gpa: number, length: number, flags: number): boolean {
    const isWritable = (flags & DESC_WRITE) !== 0;
    if (!isWritable && chain.count > chain.readableCount) {
      return this.fail('a buffer to read behind one to write');
    }
    if (chain.count === chain.capacity) {
      return this.fail(`a chain of more than ${chain.capacity} buffers`);
    }
    if (chain.readableBytes + chain.writableBytes + length > MAX_CHAIN_BYTES) {
      return this.fail('a chain of more than 4 GiB');
    }
    if (!this.memory.contains(gpa, length)) {
      return this.fail(`a buffer of ${length} bytes at 0x${gpa.toString(16)}, which is not RAM`);
    }
    chain.add(gpa, length, isWritable);
    return true;
  }

  /**
   * Gives a chain back. The driver does not see it before publish().
   * @param written bytes written to the chain's writable part, from its beginning
   */
  push(head: number, written: number): void {
    if (this.isBroken) return;
    const at = USED_ENTRIES + (this.nextUsed & this.mask) * USED_ENTRY_WORDS;
    this.usedEntries[at] = head;
    this.usedEntries[at + 1] = written;
    this.nextUsed = (this.nextUsed + 1) & 0xffff;
    this.pushed += 1;
  }

  /** Shows the driver all that was pushed, and interrupts it if it wants that; 2.7.7.2, 2.7.10. */
  publish(): void {
    if (this.isBroken || this.nextUsed === this.publishedUsed) return;
    const old = this.publishedUsed;
    this.publishedUsed = this.nextUsed;
    // Entries before the index, and the index before the driver's wish is read: Atomics are full
    // fences.
    Atomics.store(this.usedIndexes, RING_INDEX, this.nextUsed);
    if (!this.wantsInterrupt(old)) return;
    this.interrupts += 1;
    this.events.interrupt();
  }

  private wantsInterrupt(old: number): boolean {
    if (!this.layout.eventIndex) {
      return (Atomics.load(this.available, RING_FLAGS) & AVAIL_NO_INTERRUPT) === 0;
    }
    const event = Atomics.load(this.available, AVAIL_ENTRIES + this.layout.size);
    // Whether the index moved over the one the driver waits for, modulo 2^16; 2.7.10.
    return ((this.nextUsed - event - 1) & 0xffff) < ((this.nextUsed - old) & 0xffff);
  }

  /** Asks the driver not to ring while the device is at work anyway. */
  suppressNotifications(): void {
    if (this.isBroken || this.layout.eventIndex) return;
    Atomics.store(this.usedIndexes, RING_FLAGS, USED_NO_NOTIFY);
  }

  /**
   * Asks the driver to ring at its next chain.
   * @returns false when a chain has come meanwhile: serve it, then ask again
   */
  enableNotifications(): boolean {
    if (this.isBroken) return true;
    if (this.layout.eventIndex) {
      const event = (this.usedIndexes.length - 1) as number;
      Atomics.store(this.usedIndexes, event, this.nextAvailable);
    } else {
      Atomics.store(this.usedIndexes, RING_FLAGS, 0);
    }
    return !this.hasAvailable();
  }

  /** The driver broke a rule. @returns false */
  fail(reason: string): false {
    if (!this.isBroken) {
      this.isBroken = true;
      this.events.broken(reason);
    }
    return false;
  }
}

function word(table: Uint32Array, at: number): number {
  return table[at] as number;
}

function address(table: Uint32Array, at: number): number {
  return (table[at] as number) + (table[at + 1] as number) * WORD;
}

function part(
  memory: GuestMemory,
  name: string,
  gpa: number,
  length: number,
  alignment: number,
): ArrayBuffer {
  if (gpa % alignment !== 0) {
    throw new RangeError(`the ${name} at 0x${gpa.toString(16)} is not aligned to ${alignment}`);
  }
  return viewOf(memory.hostAddress(gpa, length), length);
}
