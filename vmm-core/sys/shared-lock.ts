const FREE = 0;
const HELD = 1;
const CONTENDED = 2;

/**
 * A mutex in one word of shared memory, for critical sections of a few instructions. Uncontended
 * it costs two atomic operations; a thread that has to wait sleeps. Not recursive.
 */
export class SharedLock {
  constructor(
    private readonly words: Int32Array,
    private readonly index: number,
  ) {}

  acquire(): void {
    if (Atomics.compareExchange(this.words, this.index, FREE, HELD) === FREE) return;
    while (Atomics.exchange(this.words, this.index, CONTENDED) !== FREE) {
      Atomics.wait(this.words, this.index, CONTENDED);
    }
  }

  release(): void {
    if (Atomics.exchange(this.words, this.index, FREE) === CONTENDED) {
      Atomics.notify(this.words, this.index, 1);
    }
  }
}
