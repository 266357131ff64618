/**
 * `npm run db:diff -- NAME`: writes the migrations that lead to prisma/schema.prisma, one for each
 * kind of database. The schema they lead to is kept beside them, for the next ones to begin at. It
 * starts a PostgreSQL server of its own for that.
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { planMigration } from '../server/database/migrations';
import { OneConnectionLibSql } from '../server/database/sqlite-connection';
import { PostgresqlServer } from '../server/database/testing/postgresql-server';
import { schemaFor } from './support/schema.mjs';

const name = process.argv[2];
if (name === undefined || !/^[a-z0-9_]+$/.test(name)) {
  console.error('Give the migration a name of small letters, digits and underscores.');
  process.exit(2);
}

const prisma = join(import.meta.dirname, '../prisma');
const reached = join(prisma, 'migrations/schema.prisma');
const from = await readFile(reached, 'utf8');
const to = await readFile(join(prisma, 'schema.prisma'), 'utf8');
const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);

await write('sqlite', new OneConnectionLibSql({ url: ':memory:' }));
// The engine connects before it writes for PostgreSQL.
const server = await PostgresqlServer.start();
try {
  await write('postgresql', new PrismaPg({ connectionString: server.url }));
} finally {
  await server.stop();
}
await copyFile(join(prisma, 'schema.prisma'), reached);

async function write(kind: string, adapter: SqlMigrationAwareDriverAdapterFactory): Promise<void> {
  const sql = await planMigration(adapter, schemaFor(kind, from), schemaFor(kind, to));
  if (sql === null) {
    console.log(`${kind}: the migrations lead to the schema already; nothing was written.`);
    return;
  }
  const directory = join(prisma, 'migrations', kind, `${stamp}_${name}`);
  await mkdir(directory);
  await writeFile(join(directory, 'migration.sql'), sql);
  console.log(`Wrote ${join(directory, 'migration.sql')}. Read it before you commit it.`);
}
