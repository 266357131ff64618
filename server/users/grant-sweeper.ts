import type { Database } from '../database/opened-database';
import { type Log, messageOf } from '../log/log';
import type { Revocations } from './revocations';

const SWEEP_MS = 60_000;

/**
 * Ends what is still open with a session or token that has expired. Each request finds that out by
 * itself; a stream was let in once and may last for days.
 */
export class GrantSweeper {
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly revocations: Revocations,
    private readonly log: Log,
    private readonly now: () => number = Date.now,
  ) {}

  begin(): void {
    this.timer = setInterval(() => {
      this.sweeping = this.sweep().catch((error: unknown) => {
        this.log.error('expired sessions could not be looked for', { cause: messageOf(error) });
      });
    }, SWEEP_MS);
    this.timer.unref();
  }

  async sweep(): Promise<void> {
    const ids = [...this.revocations.watched()];
    if (ids.length === 0) return;
    const good = {
      where: {
        id: { in: ids },
        expiresAt: { gt: new Date(this.now()) },
        user: { disabledAt: null },
      },
      select: { id: true },
    };
    const found = [
      ...(await this.database.session.findMany(good)),
      ...(await this.database.apiToken.findMany(good)),
    ];
    const alive = new Set(found.map(({ id }) => id));
    this.revocations.tell(ids.filter((id) => !alive.has(id)));
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }
}
