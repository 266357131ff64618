import pg from 'pg';
import { StartError } from '../config/start-error';

/** An advisory lock's key, by which consoles know each other: "virtdeck" in ASCII. */
const LOCK_KEY = '8532478945512285035';

/**
 * Keeps a second console off the database: a lock that PostgreSQL holds for as long as a connection
 * of its own stands, and so gives back when this process dies.
 */
export class PostgresqlLock {
  private constructor(private readonly client: pg.Client) {}

  /** @throws StartError when the database cannot be reached, or another console has it */
  static async take(url: string, timeoutMs: number): Promise<PostgresqlLock> {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: timeoutMs,
      keepAlive: true,
      application_name: 'virtdeck',
    });
    // Without a listener a lost connection would end the process; statements fail by themselves.
    client.on('error', () => {});
    try {
      await client.connect();
    } catch (error) {
      throw unreachable(error);
    }
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS taken', [LOCK_KEY]);
    if (rows[0]?.taken !== true) {
      await client.end();
      throw new StartError(
        'Another console uses the database of DATABASE_URL.',
        'Stop that one first, or give each console a database of its own.',
      );
    }
    return new PostgresqlLock(client);
  }

  async release(): Promise<void> {
    await this.client.end().catch(() => {});
  }
}

/** PostgreSQL's own words name the user and the database but never the password. */
function unreachable(error: unknown): StartError {
  const cause = error instanceof Error ? error.message || String(error) : String(error);
  return new StartError(
    `The database of DATABASE_URL cannot be reached: ${cause}.`,
    'See that PostgreSQL runs, that the database exists, and that user and password are right.',
  );
}
