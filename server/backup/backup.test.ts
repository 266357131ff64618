import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Prisma } from '../../prisma/generated/client';
import { openDatabaseToRead } from '../database/database';
import { MIGRATIONS, openTestDatabase, type TestDatabase } from '../database/testing/test-database';
import { type BackupFacts, writeBackup } from './backup';
import { BackupError } from './backup-error';
import { restoreBackup } from './restore';
import { TABLES } from './tables';

const FACTS = { version: '1.2.3', migrations: ['one'] };
const AT = new Date('2026-01-01T00:00:00Z');

let directory: string;
let file: string;
let from: TestDatabase;
let to: TestDatabase;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'virtdeck-backup-'));
  file = join(directory, 'backup.gz');
  from = await openTestDatabase();
  to = await openTestDatabase();
  await fill(from);
});
afterEach(async () => {
  await from.close();
  await to.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Rows with a value of each kind that a column can have. */
async function fill({ database }: TestDatabase): Promise<void> {
  const user = { id: 'u', name: 'ada', nameKey: 'ada', role: 'admin', passwordHash: 'h' };
  await database.user.create({ data: { ...user, createdAt: AT } });
  const life = { desired: 'stopped', state: 'stopped', stateSince: AT, createdAt: AT };
  await database.vm.create({
    data: {
      id: 'v',
      name: 'one',
      config: { a: [1, null] },
      tags: [],
      crash: Prisma.DbNull,
      ...life,
    },
  });
  const image = { kind: 'disk', source: 'upload', state: 'ready', format: 'raw', createdAt: AT };
  const sizes = { fileBytes: 2n ** 40n, sizeBytes: 5n };
  await database.image.create({ data: { id: 'i', name: 'image', ...image, ...sizes } });
  const disk = { id: 'd', name: 'disk', sizeBytes: 7n, state: 'ready', createdAt: AT };
  await database.disk.create({ data: { ...disk, vmId: 'v', imageId: 'i' } });
  await database.metricBlock.create({
    data: { subject: 'v', stepSeconds: 10, start: AT, points: Uint8Array.of(1, 0, 255) },
  });
  await database.vmEvent.createMany({
    data: Array.from({ length: 1203 }, (_, n) => ({ vmId: 'v', at: AT, kind: 'x', detail: { n } })),
  });
}

const restore = (facts: BackupFacts, path: string): Promise<number> =>
  restoreBackup({ database: to.database, kind: to.location.kind }, facts, path);

async function contents({ database }: TestDatabase): Promise<unknown> {
  const tables = database as unknown as Record<string, { findMany(): Promise<unknown[]> }>;
  const all = TABLES.map(async ({ name }) => [name, await tables[name]?.findMany()] as const);
  return Object.fromEntries(await Promise.all(all));
}

describe('a backup', () => {
  it('puts everything back as it was', async () => {
    const rows = await writeBackup(from.database, FACTS, file);
    expect(rows).toBe(1208);
    expect(await restore(FACTS, file)).toBe(rows);
    expect(await contents(to)).toEqual(await contents(from));
    // Rows that are counted go on behind the last one.
    const next = await to.database.vmEvent.create({
      data: { vmId: 'v', at: AT, kind: 'y', detail: {} },
    });
    const last = await from.database.vmEvent.findFirst({ orderBy: { id: 'desc' } });
    expect(next.id).toBeGreaterThan(last?.id ?? 0);
  });

  it('replaces what was there', async () => {
    await fill(to);
    await to.database.vm.update({ where: { id: 'v' }, data: { name: 'changed' } });
    await writeBackup(from.database, FACTS, file);
    await restore(FACTS, file);
    expect(await contents(to)).toEqual(await contents(from));
  });

  it('is its owner’s alone', async () => {
    await writeBackup(from.database, FACTS, file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('says where it cannot be written, and leaves nothing behind', async () => {
    const writing = writeBackup(from.database, FACTS, join(directory, 'nowhere', 'backup.gz'));
    await expect(writing).rejects.toThrow(BackupError);
    await expect(writing).rejects.toThrow(/backup\.gz cannot be written: ENOENT/);
  });

  it('is taken by another process while the console writes, of one moment', async () => {
    const reader = await openDatabaseToRead({ location: from.location, migrations: MIGRATIONS });
    let isOver = false;
    const writing = (async () => {
      for (let n = 0; !isOver; n += 1) {
        // Both or none: a backup that saw one of them would be torn.
        await from.database.$transaction([
          from.database.vm.update({ where: { id: 'v' }, data: { revision: n } }),
          from.database.disk.update({ where: { id: 'd' }, data: { revision: n } }),
        ]);
        // The driver of SQLite gives nobody else a turn.
        await setImmediate();
      }
    })();
    for (let i = 0; i < 3; i++) await writeBackup(reader.database, FACTS, join(directory, `${i}`));
    isOver = true;
    await writing;
    await reader.close();
    for (let i = 0; i < 3; i++) {
      await restore(FACTS, join(directory, `${i}`));
      const vm = await to.database.vm.findFirst();
      const disk = await to.database.disk.findFirst();
      expect(disk?.revision).toBe(vm?.revision);
    }
  }, 30_000);
});

describe('a file that is no backup', () => {
  const lines = (): string[] => gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
  const write = (of: readonly string[]): void =>
    writeFileSync(file, gzipSync(`${of.join('\n')}\n`));

  it.each<[string, RegExp, () => void]>([
    ['without its end', /cut off/, () => write(lines().slice(0, -1))],
    ['with a line missing', /cut off/, () => write(lines().toSpliced(5, 1))],
    [
      'of half the bytes',
      /no backup|cut off/,
      () => writeFileSync(file, readFileSync(file).subarray(0, 2000)),
    ],
    ['of something else', /no backup/, () => writeFileSync(file, 'hello')],
    ['with a strange line', /no backup/, () => write([...lines().slice(0, 3), '{"x":1}'])],
  ])('%s is refused, and nothing is lost', async (_what, message, spoil) => {
    await fill(to);
    const before = await contents(to);
    await writeBackup(from.database, FACTS, file);
    spoil();
    const restoring = restore(FACTS, file);
    await expect(restoring).rejects.toThrow(BackupError);
    await expect(restoring).rejects.toThrow(message);
    expect(await contents(to)).toEqual(before);
  });

  it('of another version says which one restores it', async () => {
    await writeBackup(from.database, { version: '9.9.9', migrations: ['one', 'two'] }, file);
    await expect(restore(FACTS, file)).rejects.toThrow('virtdeck 9.9.9');
  });
});
