import type { AuditEntry, AuditFilter } from '../api/audit';
import { type Log, messageOf } from '../log/log';
import { networkOf } from '../users/network-of';
import { RateLimiter } from '../users/rate-limiter';
import type { AuditStore, NewAuditEntry } from './audit-store';

/** Between two tries to write what could not be written. */
const RETRY_MS = 5000;
/** Beyond it the oldest are given up; each is in the log by then. */
const MOST_WAITING = 10_000;
const EXPORT_PAGE = 500;
/** Of those that nobody knows, from one network: a flood is noted, but does not fill the disk. */
const STRANGERS = { burst: 100, refillMs: 10_000 };

/**
 * Who did what. Entries are written before the answer is sent. One that cannot be written does not
 * undo what was done: it is logged whole, kept, and tried again.
 */
export class AuditService {
  private waiting: NewAuditEntry[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly strangers = new RateLimiter(STRANGERS);

  constructor(
    private readonly store: AuditStore,
    private readonly log: Log,
  ) {}

  /** Refusals of strangers without end are noted now and then only. */
  async record(entry: NewAuditEntry): Promise<void> {
    const isStranger = entry.via === 'none' && entry.outcome === 'refused';
    if (isStranger && this.strangers.take(networkOf(entry.address)) > 0) return;
    try {
      await this.store.add([entry]);
    } catch (error) {
      this.log.error('an audit entry could not be written yet', {
        ...entry,
        code: entry.code ?? '',
        at: entry.at.toISOString(),
        cause: messageOf(error),
      });
      this.keep(entry);
    }
  }

  /** Newest first. @param before the id of the last one that is known */
  list(filter: AuditFilter, limit: number, before?: number): Promise<AuditEntry[]> {
    return this.store.list(filter, limit, before);
  }

  /** All that match, oldest first, a line of JSON each; read as fast as they are taken. */
  async *export(filter: AuditFilter): AsyncGenerator<string> {
    let after = 0;
    for (;;) {
      const page = await this.store.listAfter(filter, after, EXPORT_PAGE);
      for (const entry of page) yield `${JSON.stringify(entry)}\n`;
      const last = page.at(-1);
      if (last === undefined || page.length < EXPORT_PAGE) return;
      after = last.id;
    }
  }

  /** The only way an entry ever goes. */
  prune(before: Date): Promise<void> {
    return this.store.prune(before);
  }

  /** Tries once more to write what waits. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.writeWaiting();
  }

  private keep(entry: NewAuditEntry): void {
    this.waiting.push(entry);
    if (this.waiting.length > MOST_WAITING) this.waiting.shift();
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.writeWaiting();
    }, RETRY_MS).unref();
  }

  private async writeWaiting(): Promise<void> {
    const entries = this.waiting;
    if (entries.length === 0) return;
    this.waiting = [];
    try {
      await this.store.add(entries);
    } catch {
      for (const entry of entries) this.keep(entry);
    }
  }
}
