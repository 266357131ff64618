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

const C_SOURCES = path.join(SOURCES, 'c');
const C_FLAGS = [
  ...['-O2', '-m64', '-ffreestanding', '-nostdlib', '-nostartfiles', '-static', '-no-pie'],
  ...['-fno-pic', '-mno-red-zone', '-fno-stack-protector', '-fno-tree-loop-distribute-patterns'],
  ...['-Wl,-e,start', '-Wl,-n', '-Wl,--build-id=none', '-Wl,--no-warn-rwx-segments'],
];

/** Compiles a payload of c/ with what they share. @returns its path */
export function compileGuest(name: string): string {
  fs.mkdirSync(BUILD, { recursive: true });
  const shared = ['start.S', 'guest.c', 'virtio.c'].map((file) => path.join(C_SOURCES, file));
  const compiled = `${guest(name)}.${process.pid}`;
  execFileSync(
    'gcc',
    [
      ...C_FLAGS,
      `-Wl,-T,${path.join(C_SOURCES, 'guest.ld')}`,
      ...['-o', compiled, ...shared, path.join(C_SOURCES, `${name}.c`)],
    ],
    { stdio: 'pipe' },
  );
  fs.renameSync(compiled, guest(name));
  return guest(name);
}

/** The path of a payload, by the name of its source. */
export function guest(name: string): string {
  return path.join(BUILD, name in OTHER_FORMATS ? name : `${name}.elf`);
}
