import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Database } from '../database/opened-database';
import { BackupError } from './backup-error';
import { encodeRow } from './rows';
import { TABLES } from './tables';

export const FORMAT = 'virtdeck-backup';
export const FORMAT_VERSION = 1;
const PAGE = 500;
const TIMEOUT_MS = 3_600_000;

export interface BackupFacts {
  /** Of the program. */
  readonly version: string;
  /** Names of the migrations that made the database. */
  readonly migrations: readonly string[];
}

/** What reads a table without knowing its type. */
interface AnyTable {
  findMany(query: {
    readonly orderBy: readonly Readonly<Record<string, 'asc'>>[];
    readonly skip: number;
    readonly take: number;
  }): Promise<Record<string, unknown>[]>;
}

/**
 * Writes the console's own state to a file: JSON lines in gzip, as the database was at one moment,
 * while the console runs. It holds hashes of passwords and tokens, and is its owner's alone.
 * @param path appears whole or not at all
 * @returns how many rows there are in it
 * @throws BackupError when the file cannot be written
 */
export async function writeBackup(
  database: Database,
  facts: BackupFacts,
  path: string,
): Promise<number> {
  const draft = `${path}.part`;
  let rows = 0;
  try {
    const file = await open(draft, 'w', 0o600);
    try {
      await atOneMoment(database, async (snapshot) => {
        async function* lines(): AsyncGenerator<string> {
          const at = new Date().toISOString();
          yield line({ format: FORMAT, formatVersion: FORMAT_VERSION, at, ...facts });
          for (const { name, key } of TABLES) {
            for await (const row of rowsOf(snapshot, name, key)) {
              rows += 1;
              yield line({ table: name, row: encodeRow(row) });
            }
          }
          // Without it the file has been cut off.
          yield line({ end: true, rows });
        }
        await pipeline(lines, createGzip(), async (packed: AsyncIterable<Buffer>) => {
          for await (const chunk of packed) await file.writeFile(chunk);
        });
      });
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    // Of files they have a system call; the database's have none.
    if (error instanceof Error && 'syscall' in error) throw cannotWrite(path, error);
    throw error;
  }
  return rows;
}

async function* rowsOf(
  snapshot: unknown,
  name: string,
  key: readonly string[],
): AsyncGenerator<Record<string, unknown>> {
  const table = (snapshot as Record<string, AnyTable>)[name];
  if (table === undefined) throw new Error(`there is no table ${name}`);
  const orderBy = key.map((column) => ({ [column]: 'asc' as const }));
  for (let skip = 0; ; skip += PAGE) {
    const rows = await table.findMany({ orderBy, skip, take: PAGE });
    yield* rows;
    if (rows.length < PAGE) return;
  }
}

/** Sees the database as it is now, whatever others write meanwhile. */
async function atOneMoment(
  database: Database,
  read: (snapshot: unknown) => Promise<void>,
): Promise<void> {
  await database.$transaction(read, {
    isolationLevel: 'Serializable',
    maxWait: TIMEOUT_MS,
    timeout: TIMEOUT_MS,
  });
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

function cannotWrite(path: string, { message }: Error): BackupError {
  return new BackupError(
    `${path} cannot be written: ${message}.`,
    'Give a file in a directory that is there, that you may write to, and that has space.',
  );
}
