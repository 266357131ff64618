import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { MigrationError } from './migration-error';
import { checkHistory, readHistory } from './migration-history';
import { loadSchemaEngine } from './schema-engine';

const NO_FILTERS = { externalTables: [], externalEnums: [] };

/**
 * Brings a database to this program's schema. The caller holds a lock, so that two processes never
 * do this at once.
 * @param directory of migrations for this kind of database
 * @returns the names of the migrations just applied, oldest first
 * @throws MigrationError when the database was made by a newer program, or a migration failed
 */
export async function applyMigrations(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  directory: string,
): Promise<string[]> {
  const files = await readMigrations(directory);
  const history = await readHistory(adapter);
  checkHistory(history, files);
  if (history.length === files.size) return [];
  const engine = await loadSchemaEngine(adapter);
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: await migrationList(directory, files),
      filters: NO_FILTERS,
    });
    return appliedMigrationNames;
  } finally {
    engine.free();
  }
}

/**
 * Only looks whether a database is of this program's schema.
 * @throws MigrationError when it is older or newer
 */
export async function checkMigrations(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  directory: string,
): Promise<void> {
  const files = await readMigrations(directory);
  const history = await readHistory(adapter);
  checkHistory(history, files);
  if (history.length === files.size) return;
  throw new MigrationError(
    'The database is older than this program.',
    'Start the console of this version once; it brings the database up to date.',
  );
}

/** The names of the migrations in a directory, oldest first. */
export async function migrationNames(directory: string): Promise<string[]> {
  return [...(await readMigrations(directory)).keys()];
}

/** What `diff` answers when asked to say whether there is a difference, as the command's exit code. */
const DIFFERENT = 2;

/**
 * Writes the SQL that leads from one schema to another.
 * @param adapter any of the kind of database that the SQL is for; it is not used
 * @param from text of schema.prisma, or nothing for an empty database
 * @returns null when they agree already
 */
export async function planMigration(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  from: string | undefined,
  to: string,
): Promise<string | null> {
  const engine = await loadSchemaEngine(adapter, to);
  const datamodel = (content: string) => ({
    tag: 'schemaDatamodel' as const,
    files: [{ path: 'schema.prisma', content }],
  });
  try {
    const { exitCode, stdout } = await engine.diff({
      from: from === undefined ? { tag: 'empty' } : datamodel(from),
      to: datamodel(to),
      script: true,
      exitCode: true,
      filters: NO_FILTERS,
    });
    return exitCode === DIFFERENT ? stdout : null;
  } finally {
    engine.free();
  }
}

/** @returns the text of each migration by its name, oldest first; the format is Prisma's own */
async function readMigrations(directory: string): Promise<Map<string, string>> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const texts = names
    .sort()
    .map(
      async (name) =>
        [name, await readFile(join(directory, name, 'migration.sql'), 'utf8')] as const,
    );
  return new Map(await Promise.all(texts));
}

async function migrationList(
  directory: string,
  files: ReadonlyMap<string, string>,
): Promise<MigrationList> {
  return {
    baseDir: directory,
    lockfile: {
      path: 'migration_lock.toml',
      content: await readFile(join(directory, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: [...files].map(([path, value]) => ({
      path,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } },
    })),
  };
}
