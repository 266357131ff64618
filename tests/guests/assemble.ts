import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** The payload kernels of the tests and benches, assembled by GNU as. */
const SOURCES = import.meta.dirname;
const BUILD = path.join(SOURCES, 'build');

const LAYOUT = path.join(SOURCES, 'guest.ld');

/** Assembles every payload that is older than its source. Takes a second. */
export function assembleGuests(): void {
  fs.mkdirSync(BUILD, { recursive: true });
  const modified = (file: string): number => fs.statSync(file).mtimeMs;
  const common = Math.max(modified(path.join(SOURCES, 'guest.inc')), modified(LAYOUT));
  for (const source of fs.readdirSync(SOURCES).filter((file) => file.endsWith('.S'))) {
    const from = path.join(SOURCES, source);
    const to = guest(path.basename(source, '.S'));
    const newest = Math.max(common, modified(from));
    if (fs.existsSync(to) && modified(to) > newest) continue;
    const object = `${to}.${process.pid}.o`;
    const linked = `${to}.${process.pid}`;
    execFileSync('as', ['--64', '-I', SOURCES, '-o', object, from], { stdio: 'pipe' });
    execFileSync('ld', ['-m', 'elf_x86_64', '-T', LAYOUT, '-e', 'start', '-o', linked, object], {
      stdio: 'pipe',
    });
    fs.rmSync(object);
    fs.renameSync(linked, to);
  }
}

/** The path of a payload, by the name of its source. */
export function guest(name: string): string {
  return path.join(BUILD, `${name}.elf`);
}
