import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VmStore } from '../vms/vm-store';
import { openDatabase, openDatabaseToRead } from './database';
import { explainDatabase } from './database-problems';
import type { Database } from './opened-database';

/** Migrations of SQLite are tried here; test-database.ts opens either kind. */
const MIGRATIONS = join(import.meta.dirname, '../../prisma/migrations');
const OF_SQLITE = join(MIGRATIONS, 'sqlite');

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'virtdeck-database-'));
  file = join(directory, 'virtdeck.db');
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const vm = (name: string) => ({
  id: name,
  name,
  config: { version: 1, memory: { bytes: 8 * 1024 ** 3 } },
  tags: [],
  desired: 'stopped',
  state: 'stopped',
  stateSince: new Date(),
  createdAt: new Date(),
});

describe('openDatabase', () => {
  it('makes a database, and finds it up to date the second time', async () => {
    const first = await openDatabase({
      location: { kind: 'sqlite', file },
      migrations: MIGRATIONS,
    });
    expect(first.applied).toEqual(await migrationNames());
    await first.database.vm.create({ data: vm('one') });
    await first.database.$disconnect();

    const second = await openDatabase({
      location: { kind: 'sqlite', file },
      migrations: MIGRATIONS,
    });
    expect(second.applied).toEqual([]);
    expect((await second.database.vm.findMany())[0]?.config).toEqual(vm('one').config);
    await second.database.$disconnect();
  });

  it('applies what is new to a database that has the rest', async () => {
    await (
      await openDatabase({ location: { kind: 'sqlite', file }, migrations: MIGRATIONS })
    ).database.$disconnect();
    const newer = await migrationsWith('20990101000000_more', 'CREATE TABLE "More" ("id" TEXT);');
    const { database, applied } = await openDatabase({
      location: { kind: 'sqlite', file },
      migrations: newer,
    });
    expect(applied).toEqual(['20990101000000_more']);
    await database.$disconnect();
  });

  it('keeps the machines of a database from before they had a configuration', async () => {
    const [init = ''] = await migrationNames();
    const older = join(directory, 'older');
    const lock = 'migration_lock.toml';
    await cp(join(OF_SQLITE, init), join(older, 'sqlite', init), { recursive: true });
    await cp(join(OF_SQLITE, lock), join(older, 'sqlite', lock));
    const before = await openDatabase({ location: { kind: 'sqlite', file }, migrations: older });
    await before.database.$executeRawUnsafe(
      `INSERT INTO "Vm" VALUES ('a', 'one', 'default', 2, 268435456, 'quiet', 'stopped', 'stopped', '2026-01-01T00:00:00.000Z', NULL, NULL, '2026-01-01T00:00:00.000Z')`,
    );
    await before.database.$disconnect();

    const { database } = await openDatabase({
      location: { kind: 'sqlite', file },
      migrations: MIGRATIONS,
    });
    const [stored] = await new VmStore(database).list();
    expect(stored?.vm).toMatchObject({
      name: 'one',
      config: {
        boot: { from: 'default', cmdline: 'quiet' },
        cpu: { count: 2 },
        memory: { bytes: 256 * 1024 ** 2 },
      },
      createdAt: '2026-01-01T00:00:00.000Z',
    });
    await database.$disconnect();
  });

  it('refuses a database that a newer program made', async () => {
    const newer = await migrationsWith('20990101000000_more', 'CREATE TABLE "More" ("id" TEXT);');
    await (
      await openDatabase({ location: { kind: 'sqlite', file }, migrations: newer })
    ).database.$disconnect();
    await expect(
      openDatabase({ location: { kind: 'sqlite', file }, migrations: MIGRATIONS }),
    ).rejects.toThrow(/made by a newer virtdeck: it holds 20990101000000_more/);
  });

  it('refuses to go on after a migration that broke off', async () => {
    const broken = await migrationsWith('20990101000000_broken', 'CREATE NONSENSE;');
    await expect(
      openDatabase({ location: { kind: 'sqlite', file }, migrations: broken }),
    ).rejects.toThrow();
    await expect(
      openDatabase({ location: { kind: 'sqlite', file }, migrations: broken }),
    ).rejects.toThrow(/broke off halfway/);
  });

  it('keeps foreign keys on after a transaction', async () => {
    const { database } = await openDatabase({
      location: { kind: 'sqlite', file },
      migrations: MIGRATIONS,
    });
    await database.$transaction([
      database.vm.create({ data: vm('one') }),
      database.vm.create({ data: vm('two') }),
    ]);
    const now = new Date();
    const orphan = { id: 's', tokenHash: 'h', userId: 'nobody', createdAt: now, lastSeenAt: now };
    await expect(database.session.create({ data: { ...orphan, expiresAt: now } })).rejects.toThrow(
      /[Ff]oreign key/,
    );
    await database.$disconnect();
  });

  it('rolls a transaction back whole, and lets the next one in', async () => {
    const { database } = await openDatabase({
      location: { kind: 'sqlite', file },
      migrations: MIGRATIONS,
    });
    const failing = database.$transaction(async (tx) => {
      await tx.vm.create({ data: vm('one') });
      throw new Error('changed my mind');
    });
    const waiting = database.$transaction(async (tx) => tx.vm.create({ data: vm('two') }));
    await expect(failing).rejects.toThrow('changed my mind');
    await waiting;
    expect((await database.vm.findMany()).map((row) => row.name)).toEqual(['two']);
    await database.$disconnect();
  });
});

describe('a PostgreSQL that is not there', () => {
  it.each([openDatabase, openDatabaseToRead])(
    'is told of without its password by %o',
    async (open) => {
      const location = { kind: 'postgresql', url: 'postgresql://u:secret@127.0.0.1:9/db' } as const;
      const opening = open({ location, migrations: MIGRATIONS });
      await expect(opening).rejects.toThrow('The database of DATABASE_URL cannot be reached');
      await expect(opening).rejects.toSatisfy((error) => !String(error).includes('secret'));
    },
  );
});

describe('a database that cannot be written', () => {
  let database: Database;
  const write = (name: string): Promise<unknown> =>
    database.setting
      .create({ data: { key: name, value: 'x'.repeat(20_000), updatedAt: new Date() } })
      .catch(explainDatabase);

  beforeEach(async () => {
    ({ database } = await openDatabase({
      location: { kind: 'sqlite', file },
      migrations: MIGRATIONS,
    }));
  });
  afterEach(() => database.$disconnect());

  it('says that the disk is full, and takes the next row when there is space again', async () => {
    const [{ page_count: pages } = {}] =
      await database.$queryRawUnsafe<{ page_count?: bigint }[]>('PRAGMA page_count');
    await database.$queryRawUnsafe(`PRAGMA max_page_count = ${pages}`);
    expect(await write('one')).toMatchObject({ problem: { status: 507, code: 'disk-full' } });
    await database.$queryRawUnsafe('PRAGMA max_page_count = 100000');
    expect(await write('one')).toMatchObject({ key: 'one' });
  });

  it('says that another program holds it, and goes on when that lets go', async () => {
    await database.$queryRawUnsafe('PRAGMA busy_timeout = 10');
    const location = { kind: 'sqlite', file } as const;
    const other = await openDatabase({ location, migrations: MIGRATIONS });
    await other.database.$transaction(async () => {
      expect(await write('one')).toMatchObject({
        problem: { status: 503, code: 'database-unavailable' },
      });
    });
    await other.close();
    expect(await write('one')).toMatchObject({ key: 'one' });
  });

  it('is told from a fault of ours', async () => {
    const wrong = await database.user
      .update({ where: { id: 'nobody' }, data: { name: 'x' } })
      .catch(explainDatabase);
    expect(wrong).toMatchObject({ code: 'P2025' });
    const error = new Error('x');
    expect(explainDatabase(error)).toBe(error);
  });
});

/** Oldest first. */
async function migrationNames(): Promise<string[]> {
  return (await readdir(OF_SQLITE)).filter((name) => /^\d/.test(name)).sort();
}

async function migrationsWith(name: string, sql: string): Promise<string> {
  const copy = join(directory, 'migrations');
  await cp(MIGRATIONS, copy, { recursive: true });
  await mkdir(join(copy, 'sqlite', name));
  await writeFile(join(copy, 'sqlite', name, 'migration.sql'), sql);
  return copy;
}
