import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { loadSchemaEngine } from './schema-engine';

const NO_FILTERS = { externalTables: [], externalEnums: [] };

/** The database and this program do not fit together; the message says what to do. */
export class MigrationError extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(`${message} ${hint}`);
    this.name = 'MigrationError';
  }
}

/**
 * Brings a database to this program's schema. The caller holds the data directory's lock, so that
 * two processes never do this at once.
 * @returns the names of the migrations just applied, oldest first
 * @throws MigrationError when the database was made by a newer program, or a migration failed
 */
export async function applyMigrations(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  directory: string,
): Promise<string[]> {
  const engine = await loadSchemaEngine(adapter);
  try {
    const migrationsList = await readMigrations(directory);
    if (!(await hasHistory(adapter))) {
      const { appliedMigrationNames } = await engine.applyMigrations({
        migrationsList,
        filters: NO_FILTERS,
      });
      return appliedMigrationNames;
    }
    const diagnosis = await engine.diagnoseMigrationHistory({
      migrationsList,
      optInToShadowDatabase: false,
      filters: NO_FILTERS,
    });
    const failed = diagnosis.failedMigrationNames[0];
    if (failed !== undefined) {
      throw new MigrationError(
        `The migration ${failed} broke off halfway when it was applied.`,
        'Restore virtdeck.db from a backup and start again.',
      );
    }
    const edited = diagnosis.editedMigrationNames[0];
    if (edited !== undefined) {
      throw new MigrationError(
        `The migration ${edited} is not the one this database was made with.`,
        'Check out the release that made the database, or restore the migration file.',
      );
    }
    const history = diagnosis.history;
    if (history !== null && history.diagnostic !== 'databaseIsBehind') {
      throw new MigrationError(
        `The database was made by a newer virtdeck: it holds ${history.unpersistedMigrationNames.join(', ')}, ` +
          'which this one does not know.',
        'Start the newer virtdeck, or point VIRTDECK_DATA at another directory.',
      );
    }
    if (history === null) return [];
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList,
      filters: NO_FILTERS,
    });
    return appliedMigrationNames;
  } finally {
    engine.free();
  }
}

/** What `diff` answers when asked to say whether there is a difference, as the command's exit code. */
const DIFFERENT = 2;

/**
 * Writes the SQL that leads from the migrations in `directory` to `datamodel`.
 * @param adapter any adapter: the migrations are replayed on its shadow database
 * @returns null when they agree already
 */
export async function planMigration(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  directory: string,
  datamodel: string,
): Promise<string | null> {
  const engine = await loadSchemaEngine(adapter, datamodel);
  try {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'migrations', ...(await readMigrations(directory)) },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: datamodel }] },
      script: true,
      exitCode: true,
      filters: NO_FILTERS,
    });
    return exitCode === DIFFERENT ? stdout : null;
  } finally {
    engine.free();
  }
}

/** The engine cannot diagnose a database without its table: it misreads libSQL's error for that. */
async function hasHistory(factory: SqlMigrationAwareDriverAdapterFactory): Promise<boolean> {
  const adapter = await factory.connect();
  try {
    const { rows } = await adapter.queryRaw({
      sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name = '_prisma_migrations'",
      args: [],
      argTypes: [],
    });
    return rows.length > 0;
  } finally {
    await adapter.dispose();
  }
}

/** Reads `prisma/migrations` in the format of Prisma's own command. */
async function readMigrations(directory: string): Promise<MigrationList> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  names.sort();
  return {
    baseDir: directory,
    lockfile: {
      path: 'migration_lock.toml',
      content: await readFile(join(directory, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: {
            tag: 'ok' as const,
            value: await readFile(join(directory, name, 'migration.sql'), 'utf8'),
          },
        },
      })),
    ),
  };
}
