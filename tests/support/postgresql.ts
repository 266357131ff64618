import { PostgresqlServer } from '../../server/database/testing/postgresql-server';
import { TEST_POSTGRESQL } from '../../server/database/testing/test-database';

let server: PostgresqlServer | undefined;

/** Before the tests on PostgreSQL. */
export async function setup(): Promise<void> {
  server = await PostgresqlServer.start();
  process.env[TEST_POSTGRESQL] = server.url;
}

export async function teardown(): Promise<void> {
  await server?.stop();
}
