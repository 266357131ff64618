import pg from 'pg';
import { StartError } from '../config/start-error';

/** An advisory lock's key, by which consoles know each other: "virtdeck" in ASCII. */
const LOCK_KEY = '8532478945512285035';
/** Between two tries to have a lost lock back. */
const RETRY_MS = 500;

/** By whom the lock is held, of this database alone; the key stands there in two halves. */
const HOLDER = `SELECT pid FROM pg_locks
  WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32) | objid::bigint = $1
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** Of one session of PostgreSQL, on a connection of its own. */
interface Session {
  readonly client: pg.Client;
  readonly pid: number;
}

export interface LockOptions {
  readonly url: string;
  readonly connectMs: number;
  /** Another console took the database while this one had lost the connection. */
  readonly onTaken: () => void;
}

/**
 * Keeps a second console off the database: a lock that PostgreSQL holds for as long as a connection
 * of its own stands, and so gives back when this process dies. When the server is restarted or the
 * connection breaks, the lock is taken again.
 */
export class PostgresqlLock {
  private isReleased = false;
  private retry: NodeJS.Timeout | undefined;

  private constructor(
    private session: Session,
    private readonly options: LockOptions,
  ) {
    this.watch();
  }

  /** @throws StartError when the database cannot be reached, or another console has it */
  static async take(options: LockOptions): Promise<PostgresqlLock> {
    const session = await tryLock(options).catch((error: unknown) => {
      throw unreachable(error);
    });
    if ('holder' in session) {
      throw new StartError(
        'Another console uses the database of DATABASE_URL.',
        'Stop that one first, or give each console a database of its own.',
      );
    }
    return new PostgresqlLock(session, options);
  }

  async release(): Promise<void> {
    this.isReleased = true;
    clearTimeout(this.retry);
    await this.session.client.end().catch(() => {});
  }

  private watch(): void {
    this.session.client.once('end', () => this.takeAgainLater());
  }

  private takeAgainLater(): void {
    if (this.isReleased) return;
    this.retry = setTimeout(() => {
      this.takeAgain().catch(() => this.takeAgainLater());
    }, RETRY_MS).unref();
  }

  private async takeAgain(): Promise<void> {
    const session = await tryLock(this.options);
    if ('holder' in session) {
      // PostgreSQL may not have noticed yet that our own connection is no more.
      if (session.holder === this.session.pid || session.holder === undefined) {
        this.takeAgainLater();
      } else this.options.onTaken();
      return;
    }
    this.session = session;
    this.watch();
    if (this.isReleased) await session.client.end();
  }
}

/** @returns the session that has the lock now, or who holds it */
async function tryLock({
  url,
  connectMs,
}: LockOptions): Promise<Session | { readonly holder: number | undefined }> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    application_name: 'virtdeck',
  });
  // Without a listener a lost connection would end the process; statements fail by themselves.
  client.on('error', () => {});
  try {
    await client.connect();
    const taken = 'SELECT pg_try_advisory_lock($1) AS taken, pg_backend_pid() AS pid';
    const { rows } = await client.query(taken, [LOCK_KEY]);
    if (rows[0]?.taken === true) return { client, pid: Number(rows[0].pid) };
    const [holder] = (await client.query(HOLDER, [LOCK_KEY])).rows;
    await client.end();
    return { holder: holder === undefined ? undefined : Number(holder.pid) };
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

/** PostgreSQL's own words name the user and the database but never the password. */
export function unreachable(error: unknown): StartError {
  const cause = error instanceof Error ? error.message || String(error) : String(error);
  return new StartError(
    `The database of DATABASE_URL cannot be reached: ${cause}.`,
    'See that PostgreSQL runs, that the database exists, and that user and password are right.',
  );
}
