import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isProblemError } from '../problems/problem-error';
import { explainStorage } from '../storage/storage-problems';
import { openDatabase } from './database';
import type { Database } from './opened-database';
import { MIGRATIONS } from './testing/test-database';

function write(database: Database, key: string) {
  const value = 'x'.repeat(50_000);
  return database.setting.create({ data: { key, value, updatedAt: new Date() } });
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => explainStorage(thrown),
  );
  return isProblemError(error) ? error.problem.code : String(error);
}

it('a database whose disk is full says so, and can be written again once there is space', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'virtdeck-database-'));
  const { database, close } = await openDatabase({
    location: { kind: 'sqlite', file: join(directory, 'virtdeck.db') },
    migrations: MIGRATIONS,
  });
  const pages = await database.$queryRawUnsafe<{ page_count: bigint }[]>('PRAGMA page_count');
  const full = Number(pages[0]?.page_count) + 4;
  await database.$queryRawUnsafe(`PRAGMA max_page_count = ${full}`);
  expect(await codeOf(write(database, 'alone'))).toBe('disk-full');
  const together = database.$transaction([write(database, 'a'), write(database, 'b')]);
  expect(await codeOf(together)).toBe('disk-full');

  await database.$queryRawUnsafe(`PRAGMA max_page_count = ${full + 1000}`);
  await database.$transaction([write(database, 'a'), write(database, 'b')]);
  expect(await database.setting.count({ where: { key: { in: ['a', 'b'] } } })).toBe(2);
  await close();
  await rm(directory, { recursive: true });
});

it('that PostgreSQL ran out of space is told the same way', () => {
  const meta = { driverAdapterError: { cause: { kind: 'postgres', originalCode: '53100' } } };
  const error = Object.assign(new Error('disk full'), { code: 'P2039', meta });
  expect(explainStorage(error)).toMatchObject({ problem: { code: 'disk-full', status: 507 } });
});
