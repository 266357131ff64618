import type { Settings } from '../api/settings';
import { type Log, messageOf } from '../log/log';

const DAY_MS = 86_400_000;
/** Often enough that what has expired does not pile up, seldom enough to cost nothing. */
const EVERY_MS = 3_600_000;
/** Not while the console starts. */
const FIRST_MS = 60_000;

export interface Prunable {
  /** What it is, for the log. */
  readonly name: string;
  /** Deletes what is older than it is to be kept, in steps that block nobody for long. */
  prune(retention: Settings['retention'], now: Date): Promise<void>;
}

/** Deletes what has been kept long enough, once an hour. */
export class Maintenance {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(
    private readonly prunables: readonly Prunable[],
    private readonly retention: () => Settings['retention'],
    private readonly log: Log,
    private readonly now: () => Date = () => new Date(),
  ) {}

  begin(): void {
    this.plan(FIRST_MS);
  }

  /** One round. What fails is logged and hinders none of the others. */
  run(): Promise<void> {
    this.running = this.running.then(async () => {
      for (const { name, prune } of this.prunables) {
        if (this.isClosed) return;
        try {
          await prune(this.retention(), this.now());
        } catch (error) {
          this.log.error('what is too old could not be deleted', {
            what: name,
            cause: messageOf(error),
          });
        }
      }
    });
    return this.running;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private plan(delayMs: number): void {
    this.timer = setTimeout(() => {
      void this.run().finally(() => {
        if (!this.isClosed) this.plan(EVERY_MS);
      });
    }, delayMs);
    this.timer.unref();
  }
}

/** @returns the moment so many days before `now` */
export function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}
