import { ConsoleRing } from './console-ring';

/** The console of a machine, for a thread that writes to it. */
export interface ConsoleHandle {
  /** Where the ring file is mapped. */
  readonly address: number;
  /** One word: 1 while there is output that the main thread has not been told of. */
  readonly signal: SharedArrayBuffer;
}

/** Puts bytes on the console and wakes the main thread, once for all that it has not seen yet. */
export class ConsoleWriter {
  private readonly ring: ConsoleRing;
  private readonly signal: Int32Array;

  constructor(handle: ConsoleHandle) {
    this.ring = new ConsoleRing(handle.address);
    this.signal = new Int32Array(handle.signal);
  }

  write(byte: number): void {
    this.ring.append(byte);
    if (Atomics.exchange(this.signal, 0, 1) === 0) Atomics.notify(this.signal, 0);
  }
}

/** Calls `onOutput` in this thread after bytes were written, again and again. */
export async function watchConsole(handle: ConsoleHandle, onOutput: () => void): Promise<never> {
  const signal = new Int32Array(handle.signal);
  for (;;) {
    const wait = Atomics.waitAsync(signal, 0, 0);
    if (wait.async) await wait.value;
    // Cleared before the bytes are read: what comes meanwhile signals again.
    Atomics.store(signal, 0, 0);
    onOutput();
    // Let timers and sockets have their turn when the guest never stops.
    await new Promise(setImmediate);
  }
}
