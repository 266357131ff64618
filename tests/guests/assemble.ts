import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** The payload kernels of the tests and benches, assembled by GNU as. */
const SOURCES = import.meta.dirname;
const BUILD = path.join(SOURCES, 'build');

const LAYOUT = path.join(SOURCES, 'guest.ld');

/** Options of assembler and linker. */
interface Format {
  readonly as: readonly string[];
  readonly ld: readonly string[];
}
const PVH: Format = { as: ['--64'], ld: ['-m', 'elf_x86_64', '-T', LAYOUT] };
/** Payloads that are not booted by PVH. */
const OTHER_FORMATS: Readonly<Record<string, Format>> = {
  multiboot: { as: ['--32'], ld: ['-m', 'elf_i386', '-n', '-Ttext=0x100000'] },
  bzimage: { as: ['--64'], ld: ['-m', 'elf_x86_64', '-Ttext=0', '--oformat', 'binary'] },
};

/** Assembles every payload that is older than its source. Takes a second. */
export function assembleGuests(): void {
  fs.mkdirSync(BUILD, { recursive: true });
  const modified = (file: string): number => fs.statSync(path.join(SOURCES, file)).mtimeMs;
  const files = fs.readdirSync(SOURCES);
  const common = Math.max(...files.filter((file) => /\.(inc|ld)$/.test(file)).map(modified));
  for (const source of files.filter((file) => file.endsWith('.S'))) {
    const name = path.basename(source, '.S');
    const to = guest(name);
    const newest = Math.max(common, modified(source));
    if (fs.existsSync(to) && fs.statSync(to).mtimeMs > newest) continue;
    const format = OTHER_FORMATS[name] ?? PVH;
    const object = `${to}.${process.pid}.o`;
    const linked = `${to}.${process.pid}`;
    const from = path.join(SOURCES, source);
    execFileSync('as', [...format.as, '-I', SOURCES, '-o', object, from], { stdio: 'pipe' });
    execFileSync('ld', [...format.ld, '-e', 'start', '-o', linked, object], { stdio: 'pipe' });
    fs.rmSync(object);
    fs.renameSync(linked, to);
  }
}

/** The path of a payload, by the name of its source. */
export function guest(name: string): string {
  return path.join(BUILD, name in OTHER_FORMATS ? name : `${name}.elf`);
}
