import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import type { DatabaseLocation } from '../database/location';
import type { Database } from '../database/opened-database';
import { messageOf } from '../log/log';
import { type BackupFacts, FORMAT, FORMAT_VERSION } from './backup';
import { BackupError } from './backup-error';
import { decodeRow } from './rows';
import { TABLES } from './tables';

const TIMEOUT_MS = 3_600_000;
const BATCH = 200;

const headSchema = z.object({
  format: z.literal(FORMAT),
  formatVersion: z.int(),
  version: z.string(),
  migrations: z.array(z.string()),
  at: z.string(),
});
const rowSchema = z.object({ table: z.string(), row: z.record(z.string(), z.unknown()) });
const endSchema = z.object({ end: z.literal(true), rows: z.int() });

interface AnyTable {
  deleteMany(query: object): Promise<unknown>;
  createMany(query: { readonly data: readonly object[] }): Promise<unknown>;
}

/**
 * Puts a backup in the place of what the database holds: all of it, or nothing of it.
 * @returns how many rows there are now
 * @throws BackupError when the file is no backup, is cut off, or is of another version
 */
export async function restoreBackup(
  { database, kind }: { readonly database: Database; readonly kind: DatabaseLocation['kind'] },
  facts: BackupFacts,
  path: string,
): Promise<number> {
  return await database.$transaction(
    async (transaction) => {
      const tables = transaction as unknown as Record<string, AnyTable>;
      for (const { name } of [...TABLES].reverse()) await tables[name]?.deleteMany({});
      const rows = await insertAll(tables, facts, path);
      if (kind === 'postgresql') await countOn(transaction);
      return rows;
    },
    { maxWait: TIMEOUT_MS, timeout: TIMEOUT_MS },
  );
}

/** PostgreSQL does not look at the numbers that rows bring with them. */
async function countOn(transaction: Pick<Database, '$executeRawUnsafe'>): Promise<void> {
  for (const { counted } of TABLES) {
    if (counted === undefined) continue;
    await transaction.$executeRawUnsafe(
      `SELECT setval(pg_get_serial_sequence('"${counted}"', 'id'), coalesce(max(id), 0) + 1, false) FROM "${counted}"`,
    );
  }
}

async function insertAll(
  tables: Record<string, AnyTable>,
  facts: BackupFacts,
  path: string,
): Promise<number> {
  const lines = linesOf(path);
  checkHead(await lines.next(), facts);
  let rows = 0;
  let batch: { name: string; data: object[] } = { name: '', data: [] };
  const flush = async (): Promise<void> => {
    if (batch.data.length > 0) await tables[batch.name]?.createMany({ data: batch.data });
    batch = { name: batch.name, data: [] };
  };
  for await (const value of lines) {
    const end = endSchema.safeParse(value);
    if (end.success) {
      await flush();
      if (end.data.rows !== rows) throw cutOff();
      return rows;
    }
    const parsed = rowSchema.safeParse(value);
    const table = TABLES.find(({ name }) => name === parsed.data?.table);
    if (!parsed.success || table === undefined) throw notABackup('a line is none of a backup');
    if (batch.name !== table.name || batch.data.length >= BATCH) {
      await flush();
      batch = { name: table.name, data: [] };
    }
    batch.data.push(decodeRow(table, parsed.data.row));
    rows += 1;
  }
  throw cutOff();
}

async function* linesOf(path: string): AsyncGenerator<unknown> {
  let rest = '';
  for await (const text of textOf(path)) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield parse(line);
  }
  if (rest !== '') throw cutOff();
}

async function* textOf(path: string): AsyncGenerator<string> {
  const source = createReadStream(path);
  const unpacked = createGunzip();
  // An error of either ends the loop below.
  pipeline(source, unpacked, () => {});
  unpacked.setEncoding('utf8');
  try {
    for await (const text of unpacked) yield text as string;
  } catch (error) {
    throw notABackup(messageOf(error));
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw notABackup('a line is no JSON');
  }
}

function checkHead(first: IteratorResult<unknown>, facts: BackupFacts): void {
  const head = headSchema.safeParse(first.value);
  if (!head.success) throw notABackup('it does not begin as one');
  const { formatVersion, migrations, version } = head.data;
  const same = migrations.join() === facts.migrations.join();
  if (formatVersion === FORMAT_VERSION && same) return;
  throw new BackupError(
    `The backup is of virtdeck ${version}, whose database is another one than that of ${facts.version}.`,
    `Restore it with virtdeck ${version}; the newer one brings the database up to date when it starts.`,
  );
}

function cutOff(): BackupError {
  return new BackupError('The backup is cut off.', 'Copy the file again, or take another backup.');
}

function notABackup(why: string): BackupError {
  return new BackupError(
    `The file is no backup: ${why}.`,
    'Give a file that `npm run backup` wrote.',
  );
}
