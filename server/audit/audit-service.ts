import type { AuditEntry, AuditFilter } from '../api/audit';
import { RetriedWrites } from '../database/retried-writes';
import { type Log, messageOf } from '../log/log';
import { networkOf } from '../users/network-of';
import { RateLimiter } from '../users/rate-limiter';
import type { AuditStore, NewAuditEntry } from './audit-store';

const EXPORT_PAGE = 500;
/** Of those that nobody knows, from one network: a flood is noted, but does not fill the disk. */
const STRANGERS = { burst: 100, refillMs: 10_000 };

/**
 * Who did what. Entries are written before the answer is sent. One that cannot be written does not
 * undo what was done: it is logged whole, kept, and tried again.
 */
export class AuditService {
  private readonly writes: RetriedWrites<NewAuditEntry>;
  private readonly strangers = new RateLimiter(STRANGERS);

  constructor(
    private readonly store: AuditStore,
    log: Log,
  ) {
    this.writes = new RetriedWrites(
      (entry) => store.add([entry]),
      (entry, error) =>
        log.error('an audit entry could not be written yet', {
          ...entry,
          code: entry.code ?? '',
          at: entry.at.toISOString(),
          cause: messageOf(error),
        }),
    );
  }

  /** Refusals of strangers without end are noted now and then only. */
  async record(entry: NewAuditEntry): Promise<void> {
    const isStranger = entry.via === 'none' && entry.outcome === 'refused';
    if (isStranger && this.strangers.take(networkOf(entry.address)) > 0) return;
    await this.writes.add(entry);
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
  close(): Promise<void> {
    return this.writes.close();
  }
}
