/**
 * `npm run backup -- FILE` writes the console's own state to a file, while it runs.
 * `npm run restore -- FILE` puts it back, while it does not. Where the state is, both take from the
 * environment as the console does.
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { prepareDirectories } from '../config/directories';
import { lockDirectory } from '../config/instance-lock';
import { type Options, readOptions } from '../config/options';
import { StartError } from '../config/start-error';
import { openDatabase, openDatabaseToRead } from '../database/database';
import { MigrationError } from '../database/migration-error';
import { migrationNames } from '../database/migrations';
import { type BackupFacts, writeBackup } from './backup';
import { BackupError } from './backup-error';
import { restoreBackup } from './restore';

const ROOT = join(import.meta.dirname, '../..');
const MIGRATIONS = join(ROOT, 'prisma/migrations');
const USAGE = 'usage: npm run backup -- FILE\n       npm run restore -- FILE [--replace]';
const EXIT_USAGE = 64;

async function main(): Promise<number> {
  const [command, ...rest] = process.argv.slice(2);
  const replace = rest.includes('--replace');
  const [file, ...more] = rest.filter((word) => word !== '--replace');
  if (file === undefined || more.length > 0 || (command !== 'backup' && command !== 'restore')) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  const user = { uid: process.getuid?.() ?? -1, home: homedir() };
  const options = readOptions([], process.env, user);
  const path = resolve(file);
  if (command === 'backup') await backup(options, path);
  else await restore(options, path, replace);
  return 0;
}

async function backup(options: Options, path: string): Promise<void> {
  if (existsSync(path)) throw new BackupError(`${path} exists.`, 'Give the name of a new file.');
  const location = options.database;
  if (location.kind === 'sqlite' && !existsSync(location.file)) {
    throw new BackupError(
      `There is no database at ${location.file}.`,
      'Set VIRTDECK_DATA to the data directory of the console.',
    );
  }
  const { database, close } = await openDatabaseToRead({ location, migrations: MIGRATIONS });
  try {
    const rows = await writeBackup(database, await factsFor(options), path);
    console.log(`Wrote ${rows} rows to ${path}. Images, disks and consoles are not in it.`);
  } finally {
    await close();
  }
}

async function restore(options: Options, path: string, replace: boolean): Promise<void> {
  prepareDirectories(options.directories);
  // While a console runs, it has this lock.
  const unlock = lockDirectory(options.directories.data, 'VIRTDECK_DATA');
  try {
    const location = options.database;
    const { database, close } = await openDatabase({ location, migrations: MIGRATIONS });
    try {
      const facts = await factsFor(options);
      if ((await database.user.count()) > 0) {
        if (!replace) {
          throw new BackupError(
            'This console has users and so a state of its own already.',
            'Say --replace to put the backup in its place; what is there is backed up before.',
          );
        }
        const before = `${path}.replaced-${new Date().toISOString().replaceAll(':', '')}`;
        await writeBackup(database, facts, before);
        console.log(`What was there is in ${before}.`);
      }
      console.log(
        `Restored ${await restoreBackup({ database, kind: location.kind }, facts, path)} rows.`,
      );
    } finally {
      await close();
    }
  } finally {
    unlock();
  }
}

async function factsFor({ database }: Options): Promise<BackupFacts> {
  const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const version = String((manifest as { version?: unknown }).version);
  return { version, migrations: await migrationNames(join(MIGRATIONS, database.kind)) };
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const isForeseen =
      error instanceof BackupError ||
      error instanceof StartError ||
      error instanceof MigrationError;
    console.error(isForeseen ? `${error.message}\n${error.hint}` : error);
    process.exit(1);
  },
);
