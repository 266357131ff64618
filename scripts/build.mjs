/**
 * `npm run build`: everything that has to be made before the console can run in production.
 * `--only NAME` makes one part: client, monitor, server, cli or pages.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildMonitor } from './support/build-monitor.mjs';
import { schemaFor } from './support/schema.mjs';

const ROOT = join(import.meta.dirname, '..');

const PARTS = {
  /** A database client for each kind of database. */
  client: () => {
    generateClient('prisma/schema.prisma');
    // Prisma's schema names one kind; the other client is made from a copy that names the other.
    const schema = readFileSync(join(ROOT, 'prisma/schema.prisma'), 'utf8');
    writeFileSync(join(ROOT, 'prisma/postgresql.prisma'), schemaFor('postgresql', schema));
    generateClient('prisma/postgresql.prisma');
  },

  monitor: () => buildMonitor(ROOT),

  /** What is ours in one file; packages stay in node_modules. */
  server: () =>
    bundle('server/main.ts', 'dist/server.mjs', {
      format: 'esm',
      packages: 'external',
      sourcemap: 'linked',
    }),

  /** The command of people who sit at a terminal. */
  cli: async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    await bundle('server/cli/main.ts', 'dist/virtdeck.mjs', {
      format: 'esm',
      packages: 'external',
      banner: { js: '#!/usr/bin/env node' },
      define: { VIRTDECK_VERSION: JSON.stringify(version) },
    });
    chmodSync(join(ROOT, 'dist/virtdeck.mjs'), 0o755);
  },

  pages: () => run(['next', 'build'], { NEXT_TELEMETRY_DISABLED: '1' }),
};

const only = process.argv[2] === '--only' ? process.argv[3] : undefined;
if (only !== undefined && !(only in PARTS)) {
  console.error(`--only takes one of: ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}
for (const [name, make] of Object.entries(PARTS)) {
  if (only !== undefined && name !== only) continue;
  const began = performance.now();
  await make();
  console.log(`built ${name} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

function bundle(entry, outfile, options) {
  return build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    ...options,
  });
}

/** Its command would download an engine that it does not need for this. */
function generateClient(schema) {
  run(['prisma', 'generate', '--schema', schema], {
    PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  });
}

/** @param {string[]} command a command of a package, without a shell and without npx's own start */
function run([command, ...args], env) {
  const path = join(ROOT, 'node_modules/.bin', command);
  const { status, error } = spawnSync(path, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
