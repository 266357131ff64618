import { type CpioEntry, writeCpio } from './cpio';
import type { RecipeFile } from './recipe';

const DIRECTORY = 0o755;
/** Anybody may write, nobody may remove another's file. */
const SHARED_DIRECTORY = 0o1777;

/** Every directory of the root that the recipe does not bring along itself. */
const DIRECTORIES: readonly (readonly [path: string, mode: number])[] = [
  ['bin', DIRECTORY],
  ['dev', DIRECTORY],
  ['etc', DIRECTORY],
  ['mnt', DIRECTORY],
  ['proc', DIRECTORY],
  ['root', 0o700],
  ['run', DIRECTORY],
  ['sbin', DIRECTORY],
  ['sys', DIRECTORY],
  ['tmp', SHARED_DIRECTORY],
  ['usr', DIRECTORY],
  ['usr/bin', DIRECTORY],
  ['usr/sbin', DIRECTORY],
];

/**
 * The first root file system. The shell finds BusyBox's tools in itself, so that the one link it
 * needs is its own name; each further one would be unpacked at every start.
 * @param files of the recipe, relative to the root
 * @param busybox the program, statically linked
 */
export function makeInitramfs(files: readonly RecipeFile[], busybox: Uint8Array): Uint8Array {
  const directories = new Map(DIRECTORIES);
  for (const { path } of files) {
    for (const parent of parentsOf(path)) {
      if (!directories.has(parent)) directories.set(parent, DIRECTORY);
    }
  }
  const entries: CpioEntry[] = [...directories]
    // Parents sort before what is in them.
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, mode]) => ({ kind: 'directory', path, mode }));
  entries.push(
    // The kernel opens the first for init before anything is mounted.
    { kind: 'character-device', path: 'dev/console', mode: 0o600, major: 5, minor: 1 },
    { kind: 'character-device', path: 'dev/null', mode: 0o666, major: 1, minor: 3 },
    { kind: 'file', path: 'bin/busybox', mode: 0o755, content: busybox },
    { kind: 'symlink', path: 'bin/sh', target: 'busybox' },
    { kind: 'symlink', path: 'init', target: 'bin/busybox' },
  );
  for (const { path, executable, content } of files) {
    entries.push({ kind: 'file', path, mode: executable ? 0o755 : 0o644, content });
  }
  return writeCpio(entries);
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
