import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';

/** CommonJS starts sooner than modules, and every machine's process starts this. */
const SHARED = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'warning',
  write: false,
};
const CACHE_WAIT_MS = 10_000;

/**
 * Makes a monitor in `dist`: its code, the loader that is started, and caches of the compiled code
 * where a monitor can run. vmm-core/monitor/loader.ts says what for.
 * @param {string} root
 */
export async function buildMonitor(root) {
  const dist = join(root, 'dist');
  mkdirSync(dist, { recursive: true });
  const code = await textOf({
    absWorkingDir: root,
    entryPoints: ['vmm-core/monitor/main.ts'],
    external: ['koffi'],
    banner: { js: '(function (require, __filename) {' },
    footer: { js: '})' },
  });
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const name = `monitor-${hash}.js`;
  for (const old of readdirSync(dist)) {
    if (/^monitor-.*\.(js|cache)$/.test(old)) rmSync(join(dist, old));
  }
  writeFileSync(join(dist, name), code);
  const loader = await textOf({
    absWorkingDir: root,
    entryPoints: ['vmm-core/monitor/loader.ts'],
    define: { MONITOR_CODE: JSON.stringify(name) },
  });
  const program = join(dist, 'monitor.cjs');
  writeFileSync(`${program}.new`, loader);
  renameSync(`${program}.new`, program);
  await writeCaches(
    program,
    ['main', 'worker'].map((kind) => join(dist, `${name}.${kind}.cache`)),
  );
}

/** @param {import('esbuild').BuildOptions} options */
async function textOf(options) {
  const { outputFiles = [] } = await build({ ...SHARED, ...options });
  return outputFiles[0]?.text ?? '';
}

/** A monitor that ends early, because this host has no KVM, leaves none, and none is needed. */
async function writeCaches(program, files) {
  const runDir = mkdtempSync(join(tmpdir(), 'virtdeck-build-'));
  const monitor = spawn(process.execPath, [program, '--run-dir', runDir], {
    stdio: 'ignore',
    env: { ...process.env, VIRTDECK_WRITE_CODE_CACHE: '1' },
  });
  const deadline = Date.now() + CACHE_WAIT_MS;
  while (monitor.exitCode === null && Date.now() < deadline && !files.every(existsSync)) {
    await sleep(50);
  }
  monitor.kill('SIGKILL');
  // A monitor keeps what it writes to its user; the console may run as another one.
  for (const file of files.filter(existsSync)) chmodSync(file, 0o644);
  rmSync(runDir, { recursive: true, force: true });
}
