import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Missing, step } from './report.mjs';

export const ROOT = join(import.meta.dirname, '../..');

/** What the build is made from. */
const SOURCES = [
  'app',
  'components',
  'server',
  'vmm-core',
  'prisma',
  'public',
  'scripts/build.mjs',
  'scripts/support/build-monitor.mjs',
  'package-lock.json',
  'package.json',
  'next.config.mjs',
  'postcss.config.mjs',
  'prisma.config.ts',
  'tsconfig.json',
];

/** Installs the packages of the lock file, unless they are the ones that are there. */
export async function ensurePackages() {
  const stamp = join(ROOT, 'node_modules/.virtdeck-packages');
  await unlessDone(stamp, digest(['package-lock.json']), 'Installing packages', () => {
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  });
}

/** Builds the program, unless nothing of it has changed. */
export async function ensureBuild() {
  const stamp = join(ROOT, 'dist/.virtdeck-build');
  // Pages are built for the path that they are shown below.
  const wanted = digest(SOURCES) + (process.env.VIRTDECK_BASE_PATH ?? '');
  await unlessDone(stamp, wanted, 'Building', () => {
    run(process.execPath, ['scripts/build.mjs']);
  });
}

/**
 * @param {string} stamp a file that holds what was done last
 * @param {string} wanted
 * @param {string} name
 * @param {() => void} work
 */
async function unlessDone(stamp, wanted, name, work) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await step(name, work);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** @param {string[]} paths files and folders, from the root */
function digest(paths) {
  const hash = createHash('sha256').update(process.versions.modules);
  const add = (/** @type {string} */ path) => {
    const full = join(ROOT, path);
    if (!existsSync(full) || path === 'prisma/postgresql.prisma') return;
    if (statSync(full).isDirectory()) {
      if (path.startsWith('prisma/generated')) return;
      for (const entry of readdirSync(full).sort()) add(join(path, entry));
    } else {
      hash.update(`\0${path}\0`).update(readFileSync(full));
    }
  };
  for (const path of paths) add(path);
  return hash.digest('hex');
}

/**
 * Runs a command in the project to its end.
 * @param {string} command
 * @param {string[]} args
 * @throws {Missing} when it fails
 */
export function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  if (error || status !== 0) {
    const why = error?.message ?? `exit code ${status}`;
    throw new Missing(
      `\`${command} ${args.join(' ')}\` failed: ${why}.`,
      'What it said above tells why; run this command again once that is mended.',
    );
  }
}

/**
 * Runs a command in the project beside us; signals from the terminal reach it by themselves.
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<number>} its exit code
 */
export function follow(command, args, env = {}) {
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  // Ctrl-C is for the child, which stops in order; we only wait for it.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}
