import { spawnSync } from 'node:child_process';
import { BenchError } from './bench';

const INSTALL_TIMEOUT_MS = 10 * 60_000;

/**
 * Makes sure that a program is there. A comparison is never dropped because a peer is missing: it
 * is installed, or the bench fails.
 * @throws BenchError with the command that would help
 */
export function ensureProgram(program: string, debianPackages: readonly string[]): void {
  if (runs(program)) return;
  const command = ['apt-get', 'install', '-y', '--no-install-recommends', ...debianPackages];
  process.stderr.write(`installing ${debianPackages.join(' ')} ...\n`);
  const install = spawnSync(command[0] ?? '', command.slice(1), {
    timeout: INSTALL_TIMEOUT_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
  });
  if (runs(program)) return;
  const reason = (install.stderr ?? install.error?.message ?? '').trim().split('\n').at(-1) ?? '';
  throw new BenchError(
    `${program} is missing and could not be installed (${reason}). As root: ${command.join(' ')}`,
  );
}

function runs(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}
