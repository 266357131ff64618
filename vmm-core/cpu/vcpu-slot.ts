/**
 * What a vCPU's thread shares with the others: commands to it, a mailbox for exits that the device
 * worker serves, and counters. A slot outlives a reset, so that its counters go on.
 */

/** Indexes of the control words. */
enum Word {
  Command,
  ThreadId,
  MailboxState,
  MailboxAccess,
  MailboxValue,
  Count,
}

export const COMMAND_RUN = 0;
export const COMMAND_PAUSE = 1;
export const COMMAND_LEAVE = 2;
// Above the command, the command word counts: a new command is told from the one before.
const COMMAND_MASK = 3;
const COMMAND_ONE = 4;

const MAILBOX_EMPTY = 0;
const MAILBOX_ASKED = 1;
const MAILBOX_ANSWERED = 2;

/** The address of a handed-over access, a double for it has up to 52 bits. */
const MAILBOX_ADDRESS_AT = 56;
// Bits of the mailbox's access word, above the size.
const ACCESS_SIZE = 0xff;
const ACCESS_WRITE = 0x100;
const ACCESS_MEMORY = 0x200;

/** Counters are doubles: one writer, and a reader that sees each whole. */
const COUNTERS_AT = 64;
/** Indexed by KVM's exit reason; those above the last are counted in the last. */
export const EXIT_COUNTERS = 48;
/** KVM_RUN that came back without an exit: a kick. */
const KICKS = EXIT_COUNTERS;
/** Exits that a quirk of the host served. */
export const QUIRK_COUNTERS = ['syscall', 'instruction', 'breakpoint'] as const;
export type QuirkCounter = (typeof QUIRK_COUNTERS)[number];
const QUIRKS = KICKS + 1;
const COUNTERS = QUIRKS + QUIRK_COUNTERS.length;

export function createVcpuSlot(): SharedArrayBuffer {
  return new SharedArrayBuffer(COUNTERS_AT + COUNTERS * 8);
}

/** An access that the device host is to serve. */
export interface DeviceAccess {
  /** Memory-mapped I/O, or an I/O port. */
  readonly isMemory: boolean;
  readonly address: number;
  readonly size: number;
  readonly isWrite: boolean;
  readonly value: number;
}

export class VcpuSlot {
  private readonly words: Int32Array;
  private readonly mailboxAddress: Float64Array;
  private readonly counters: Float64Array;

  constructor(state: SharedArrayBuffer) {
    this.words = new Int32Array(state, 0, Word.Count);
    this.mailboxAddress = new Float64Array(state, MAILBOX_ADDRESS_AT, 1);
    this.counters = new Float64Array(state, COUNTERS_AT, COUNTERS);
  }

  get command(): number {
    return Atomics.load(this.words, Word.Command) & COMMAND_MASK;
  }

  /** From one thread only. */
  setCommand(command: number): void {
    const before = Atomics.load(this.words, Word.Command) & ~COMMAND_MASK;
    Atomics.store(this.words, Word.Command, (before + COMMAND_ONE) | command);
    Atomics.notify(this.words, Word.Command);
  }

  /**
   * From the vCPU's thread: sleeps while the command is COMMAND_PAUSE. Each one is answered, also
   * when it follows a COMMAND_RUN that this thread has slept through.
   */
  waitWhilePaused(onPaused: () => void): void {
    let answered: number | undefined;
    for (;;) {
      const word = Atomics.load(this.words, Word.Command);
      if ((word & COMMAND_MASK) !== COMMAND_PAUSE) return;
      if (word !== answered) onPaused();
      answered = word;
      Atomics.wait(this.words, Word.Command, word);
    }
  }

  /** The kernel's id of the worker's thread; 0 until it has begun. */
  get threadId(): number {
    return Atomics.load(this.words, Word.ThreadId);
  }

  set threadId(tid: number) {
    Atomics.store(this.words, Word.ThreadId, tid);
  }

  /** From the vCPU's thread: hands a read over and sleeps until it is answered. */
  askRead(isMemory: boolean, address: number, size: number, ring: () => void): number {
    return this.ask(size | (isMemory ? ACCESS_MEMORY : 0), address, 0, ring);
  }

  /** From the vCPU's thread: hands a write over and sleeps until it is done. */
  askWrite(
    isMemory: boolean,
    address: number,
    size: number,
    value: number,
    ring: () => void,
  ): void {
    this.ask(size | ACCESS_WRITE | (isMemory ? ACCESS_MEMORY : 0), address, value, ring);
  }

  private ask(access: number, address: number, value: number, ring: () => void): number {
    this.mailboxAddress[0] = address;
    this.words[Word.MailboxAccess] = access;
    this.words[Word.MailboxValue] = value;
    Atomics.store(this.words, Word.MailboxState, MAILBOX_ASKED);
    ring();
    // Not once: the notification of the answer before may come after this question, when that answer
    // was seen before this thread slept.
    while (Atomics.load(this.words, Word.MailboxState) === MAILBOX_ASKED) {
      Atomics.wait(this.words, Word.MailboxState, MAILBOX_ASKED);
    }
    Atomics.store(this.words, Word.MailboxState, MAILBOX_EMPTY);
    return (this.words[Word.MailboxValue] ?? 0) >>> 0;
  }

  /** From the device host: answers the access that waits, if one does. */
  answer(serve: (access: DeviceAccess) => number): void {
    if (Atomics.load(this.words, Word.MailboxState) !== MAILBOX_ASKED) return;
    const access = this.words[Word.MailboxAccess] ?? 0;
    this.words[Word.MailboxValue] = serve({
      isMemory: (access & ACCESS_MEMORY) !== 0,
      address: this.mailboxAddress[0] ?? 0,
      size: access & ACCESS_SIZE,
      isWrite: (access & ACCESS_WRITE) !== 0,
      value: (this.words[Word.MailboxValue] ?? 0) >>> 0,
    });
    Atomics.store(this.words, Word.MailboxState, MAILBOX_ANSWERED);
    Atomics.notify(this.words, Word.MailboxState);
  }

  countExit(reason: number): void {
    this.add(Math.min(reason, EXIT_COUNTERS - 1));
  }

  countKick(): void {
    this.add(KICKS);
  }

  countQuirk(name: QuirkCounter): void {
    this.add(QUIRKS + QUIRK_COUNTERS.indexOf(name));
  }

  private add(index: number): void {
    this.counters[index] = (this.counters[index] ?? 0) + 1;
  }

  exits(reason: number): number {
    return this.counters[reason] ?? 0;
  }

  get kicks(): number {
    return this.counters[KICKS] ?? 0;
  }

  quirkCount(name: QuirkCounter): number {
    return this.counters[QUIRKS + QUIRK_COUNTERS.indexOf(name)] ?? 0;
  }
}
