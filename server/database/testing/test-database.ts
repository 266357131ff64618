import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openDatabase } from '../database';
import type { DatabaseLocation } from '../location';
import type { Database } from '../opened-database';

export const MIGRATIONS = join(import.meta.dirname, '../../../prisma/migrations');

/** Set while tests run on PostgreSQL: the address of a database to make others from. */
export const TEST_POSTGRESQL = 'VIRTDECK_TEST_POSTGRESQL';

/** An empty place for a database, of the kind that this run of the tests is about. */
export interface TestPlace {
  readonly location: DatabaseLocation;
  remove(): Promise<void>;
}

export async function makeTestPlace(): Promise<TestPlace> {
  const server = process.env[TEST_POSTGRESQL];
  if (server === undefined) {
    const directory = await mkdtemp(join(tmpdir(), 'virtdeck-database-'));
    return {
      location: { kind: 'sqlite', file: join(directory, 'virtdeck.db') },
      remove: () => rm(directory, { recursive: true, force: true }),
    };
  }
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    location: { kind: 'postgresql', url: url.href },
    remove: () => administer(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

export interface TestDatabase {
  readonly database: Database;
  readonly location: DatabaseLocation;
  /** Closes it and removes all of it. */
  close(): Promise<void>;
}

/** A database of this program's schema, for one test. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const place = await makeTestPlace();
  const { database, close } = await openDatabase({
    location: place.location,
    migrations: MIGRATIONS,
  });
  return {
    database,
    location: place.location,
    close: async () => {
      await close();
      await place.remove();
    },
  };
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
