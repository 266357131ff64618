/**
 * `npm run db:diff -- NAME`: writes the migration that leads from prisma/migrations to
 * prisma/schema.prisma.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OneConnectionLibSql } from '../server/database/connection';
import { planMigration } from '../server/database/migrations';

const name = process.argv[2];
if (name === undefined || !/^[a-z0-9_]+$/.test(name)) {
  console.error('Give the migration a name of small letters, digits and underscores.');
  process.exit(2);
}

const root = join(import.meta.dirname, '..');
const migrations = join(root, 'prisma/migrations');
const datamodel = await readFile(join(root, 'prisma/schema.prisma'), 'utf8');
const nowhere = new OneConnectionLibSql({ url: ':memory:' });
const sql = await planMigration(nowhere, migrations, datamodel);
if (sql === null) {
  console.log('The migrations lead to the schema already; nothing was written.');
} else {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const directory = join(migrations, `${stamp}_${name}`);
  await mkdir(directory);
  await writeFile(join(directory, 'migration.sql'), sql);
  console.log(`Wrote ${join(directory, 'migration.sql')}. Read it before you commit it.`);
}
