import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CommandError, ImageBuildError } from './build-error';
import { runCommand } from './run-command';

/** A Debian package that the build uses, and what shows that it is there, on any distribution. */
interface BuildPackage {
  readonly name: string;
  readonly program?: string;
  readonly header?: string;
}

const BUILD_PACKAGES: readonly BuildPackage[] = [
  { name: 'make', program: 'make' },
  { name: 'gcc', program: 'gcc' },
  { name: 'binutils', program: 'ld' },
  { name: 'libc6-dev', header: 'stdio.h' },
  { name: 'flex', program: 'flex' },
  { name: 'bison', program: 'bison' },
  { name: 'bc', program: 'bc' },
  // The kernel's own objtool reads ELF files by it.
  { name: 'libelf-dev', header: 'gelf.h' },
  { name: 'xz-utils', program: 'xz' },
];

const HEADER_DIRECTORIES = ['/usr/include', '/usr/include/x86_64-linux-gnu'];

/** Names of Debian packages that must be installed before an image can be built. */
export function missingBuildPackages(): readonly string[] {
  return BUILD_PACKAGES.filter(({ program, header }) => {
    if (program !== undefined) return !hasProgram(program);
    return !HEADER_DIRECTORIES.some((directory) => existsSync(join(directory, header ?? '')));
  }).map(({ name }) => name);
}

/** @throws ImageBuildError `missing-packages` naming all of them */
export function requireBuildPackages(): void {
  const missing = missingBuildPackages();
  if (missing.length > 0) throw missingPackages(missing);
}

/**
 * Installs what is missing, where this process may: as root, on a system with apt-get.
 * @param onLine what apt-get says
 * @throws ImageBuildError `missing-packages` where it may not, `no-network` when it cannot fetch
 */
export async function ensureBuildPackages(
  options: { readonly signal?: AbortSignal; readonly onLine?: (line: string) => void } = {},
): Promise<void> {
  const missing = missingBuildPackages();
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !hasProgram('apt-get')) throw missingPackages(missing);
  const apt = (args: readonly string[]): Promise<readonly string[]> =>
    runCommand('apt-get', args, { ...options, env: { DEBIAN_FRONTEND: 'noninteractive' } });
  try {
    await apt(['update']);
    await apt(['install', '--yes', '--no-install-recommends', ...missing]);
  } catch (error) {
    throw error instanceof CommandError ? fetchFailed(missing, error) : error;
  }
  requireBuildPackages();
}

export function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export function fetchFailed(packages: readonly string[], cause: CommandError): ImageBuildError {
  return new ImageBuildError(
    'no-network',
    `apt-get could not fetch ${packages.join(', ')}: ${cause.lastLines.at(-1) ?? cause.outcome}`,
    "Check the network and /etc/apt/sources.list, run 'apt-get update' as root, then build again.",
    { cause },
  );
}

function missingPackages(names: readonly string[]): ImageBuildError {
  return new ImageBuildError(
    'missing-packages',
    `Building the default image needs packages that are not installed: ${names.join(', ')}.`,
    `Run as root: apt-get install --no-install-recommends ${names.join(' ')}`,
  );
}
