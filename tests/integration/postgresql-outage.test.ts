import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep, TestConsole } from '../support/console';
import { TestDatabases } from '../support/databases';

/** "virtdeck" in ASCII. */
const LOCK_KEY = '8532478945512285035';
// Prisma has one of its own.
const CONSOLE_LOCKS = `SELECT count(*)::int AS count FROM pg_locks
  WHERE locktype = 'advisory' AND granted
  AND (classid::bigint << 32) | objid::bigint = ${LOCK_KEY}
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
const HANG_UP = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

/** A database that others restart, or cut the connections of, is back without the console's end. */
describe('a console whose PostgreSQL goes away', () => {
  let databases: TestDatabases;
  let environment: Readonly<Record<string, string>>;
  let console: TestConsole;

  beforeAll(async () => {
    databases = await TestDatabases.start('PostgreSQL');
    environment = await databases.environment();
    console = await TestConsole.start(environment);
  });
  afterAll(async () => {
    await console?.remove();
    await databases?.stop();
  });

  async function query(sql: string): Promise<{ readonly count?: number }[]> {
    const client = new pg.Client({ connectionString: environment['DATABASE_URL'] });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }
  const locks = async () => (await query(CONSOLE_LOCKS))[0]?.count;

  it('answers at once when its connections were cut, and has its lock again', async () => {
    expect(await locks()).toBe(1);
    await query(HANG_UP);
    expect((await console.request('GET', '/users')).status).toBe(200);
    await expect.poll(locks, { timeout: 5000 }).toBe(1);
  });

  it('says that the database is away while it is, and goes on when it is back', async () => {
    await databases.server?.halt();
    for (const [method, route, body] of [
      ['GET', '/users', undefined],
      ['POST', '/vms', { name: 'late' }],
    ] as const) {
      const answer = await console.request(method, route, body);
      expect(answer).toMatchObject({ status: 503, body: { code: 'database-unavailable' } });
      expect(answer.headers.get('retry-after')).toBe('2');
    }
    await databases.server?.resume();
    expect((await console.request('POST', '/vms', { name: 'late' })).status).toBe(201);
    await expect.poll(locks, { timeout: 5000 }).toBe(1);
  });

  it('lets no other console have the database, and ends when one got it meanwhile', async () => {
    const wants = TestConsole.fresh(environment);
    await expect(wants).rejects.toThrow('Another console uses the database');
    const other = new pg.Client({ connectionString: environment['DATABASE_URL'] });
    await other.connect();
    await query(
      `${HANG_UP} AND pid <> ${(await other.query('SELECT pg_backend_pid() AS pid')).rows[0].pid}`,
    );
    await other.query(`SELECT pg_advisory_lock(${LOCK_KEY})`);
    await expect.poll(() => console.log, { timeout: 5000 }).toContain('another console has taken');
    await sleep(100);
    await expect(console.request('GET', '/session')).rejects.toThrow();
    await other.end();
  });
});
