import { statfs } from 'node:fs/promises';
import { diskFull } from './storage-problems';

/** How often the space is looked at while something of unknown size is written. */
const GUARD_MS = 500;

/** Space that was promised and is not written yet. */
export interface Reservation {
  /** `bytes` of it were written, so the file system counts them itself. */
  spend(bytes: number): void;
  /** @throws ProblemError 507 `disk-full`; what is reserved stays as it was */
  add(bytes: number): Promise<void>;
  /** Gives back what was not written. Once is enough, twice does no harm. */
  release(): void;
}

/** Who may write how much into the data directory, so that it cannot be promised twice. */
export class SpaceLedger {
  private reserved = 0;

  /**
   * @param directory any that exists on the file system of the data
   * @param keepFreeBytes never promised: for the database, and for what running machines write
   * @param freeBytes what there is; for tests
   */
  constructor(
    directory: string,
    private readonly keepFreeBytes: () => number,
    private readonly freeBytes: () => Promise<number> = () => freeOf(directory),
  ) {}

  /** @throws ProblemError 507 `disk-full` */
  async reserve(bytes: number): Promise<Reservation> {
    await this.take(bytes);
    return this.held(bytes);
  }

  /** Takes what was promised before, for example by the console that ran last, room or no room. */
  retake(bytes: number): Reservation {
    this.reserved += bytes;
    return this.held(bytes);
  }

  /**
   * Runs work that writes nobody knows how much, and aborts it before the disk is full.
   * @param signal what else ends it
   * @throws ProblemError 507 `disk-full`
   */
  async guard<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const full = new AbortController();
    const timer = setInterval(() => {
      void this.freeBytes().then(
        (free) => {
          const missing = this.missing(0, free);
          if (missing > 0) full.abort(diskFull(missing));
        },
        // A file system that cannot be asked fails the work itself.
        () => {},
      );
    }, GUARD_MS);
    try {
      return await work(AbortSignal.any([signal, full.signal]));
    } finally {
      clearInterval(timer);
    }
  }

  private held(bytes: number): Reservation {
    let left = bytes;
    const give = (part: number) => {
      left -= part;
      this.reserved -= part;
    };
    return {
      spend: (spent) => give(Math.min(left, spent)),
      add: async (more) => {
        await this.take(more);
        left += more;
      },
      release: () => give(left),
    };
  }

  private async take(bytes: number): Promise<void> {
    const free = await this.freeBytes();
    // From here on nothing is awaited: two that ask at once do not both get the last bytes.
    const missing = this.missing(bytes, free);
    if (missing > 0) throw diskFull(missing);
    this.reserved += bytes;
  }

  private missing(bytes: number, free: number): number {
    return bytes + this.reserved + this.keepFreeBytes() - free;
  }
}

async function freeOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
