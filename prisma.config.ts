import { defineConfig } from 'prisma/config';

/**
 * For `prisma generate`, `validate` and `format`. The connection is made by server/database, and
 * migrations are applied there too, so that no engine binary has to be downloaded.
 */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations/sqlite' },
});
