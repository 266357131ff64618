import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { CommandError, ImageBuildError } from './build-error';
import { saysDiskFull } from './disk-space';
import { unmetLines } from './kernel-config';
import { type CommandOptions, runCommand } from './run-command';

export interface KernelBuild {
  /** A .tar.xz with one directory in it. */
  readonly archive: string;
  /** Lines for .config, over `make tinyconfig`. */
  readonly config: string;
  /** Exists; everything else is written below it. */
  readonly workDir: string;
  /** Gets all that make says. */
  readonly logPath: string;
  readonly signal?: AbortSignal;
  /** @param fraction of this step, 0 to 1 */
  readonly onStep: (step: string, fraction: number, detail?: string) => void;
}

export interface BuiltKernel {
  /** Stripped. */
  readonly vmlinux: string;
  readonly symbols: string;
  /** As `uname -r` says it. */
  readonly version: string;
}

/** No name, place or time of this build gets into the kernel: equal sources make equal kernels. */
const REPRODUCIBLE = {
  KBUILD_BUILD_TIMESTAMP: '1970-01-01',
  KBUILD_BUILD_USER: 'virtdeck',
  KBUILD_BUILD_HOST: 'virtdeck',
  KBUILD_BUILD_VERSION: '1',
};

/** Two thirds of the sources, none of it built. Configuring reads every Kconfig, so those stay. */
const NOT_UNPACKED = [
  ...['alpha', 'arc', 'arm', 'arm64', 'csky', 'hexagon', 'ia64', 'loongarch', 'm68k'],
  ...['microblaze', 'mips', 'nios2', 'openrisc', 'parisc', 'powerpc', 'riscv', 's390', 'sh'],
  ...['sparc', 'um', 'xtensa'],
]
  .map((architecture) => `*/arch/${architecture}/*.[chS]`)
  .concat(
    ['gpu', 'media', 'staging', 'infiniband', 'scsi', 'usb', 'iio', 'hwmon', 'pinctrl', 'clk']
      .concat(['net/ethernet', 'net/wireless'])
      .map((drivers) => `*/drivers/${drivers}/*.[ch]`),
    ['*.dts', '*.dtsi', '*/sound/*.[ch]', '*/Documentation/*/*'],
    ['*/tools/testing/*.[ch]', '*/tools/perf/*'],
  );

// For the progress only: what tar and make say of linux 6.1 with our configuration.
const ARCHIVE_RECORDS = 130_000;
const COMPILED_FILES = 1_640;

const RECORDS_A_LINE = 1_000;
/** A console and its machines run beside the build. */
const NICENESS = 10;

/** @throws ImageBuildError `recipe-refused`, `compile-failed`; CommandError; the signal's reason */
export async function buildKernel(build: KernelBuild): Promise<BuiltKernel> {
  const source = join(build.workDir, 'linux');
  const temporary = join(build.workDir, 'tmp');
  await mkdir(source);
  await mkdir(temporary);
  await unpack(build, source);
  const options: CommandOptions = {
    cwd: source,
    // Compilers that are ended leave their temporary files behind.
    env: { ...REPRODUCIBLE, TMPDIR: temporary },
    logPath: build.logPath,
    ...(build.signal === undefined ? {} : { signal: build.signal }),
  };
  await configure(build, source, options);
  await compile(build, options);
  const vmlinux = join(build.workDir, 'vmlinux');
  await runCommand('strip', ['-o', vmlinux, 'vmlinux'], options);
  const release = await readFile(join(source, 'include/config/kernel.release'), 'utf8');
  return { vmlinux, symbols: join(source, 'System.map'), version: release.trim() };
}

async function unpack({ archive, signal, onStep }: KernelBuild, into: string): Promise<void> {
  const step = 'Unpacking the kernel sources';
  onStep(step, 0);
  const args = ['--extract', '--xz', '--file', archive, '--directory', into];
  args.push('--strip-components=1', `--checkpoint=${RECORDS_A_LINE}`);
  args.push(...NOT_UNPACKED.map((pattern) => `--exclude=${pattern}`));
  await runCommand('tar', args, {
    ...(signal === undefined ? {} : { signal }),
    onLine: (line) => {
      const records = /checkpoint (\d+)/.exec(line)?.[1];
      if (records !== undefined) onStep(step, Math.min(1, Number(records) / ARCHIVE_RECORDS));
    },
  });
}

async function configure(
  { config, onStep }: KernelBuild,
  source: string,
  options: CommandOptions,
): Promise<void> {
  onStep('Configuring the kernel', 0);
  await make(['tinyconfig'], options);
  const path = join(source, '.config');
  // The last assignment of a symbol counts.
  await writeFile(path, `${await readFile(path, 'utf8')}\n${config}\n`);
  await make(['olddefconfig'], options);
  const unmet = unmetLines(config, await readFile(path, 'utf8'));
  if (unmet.length > 0) {
    throw new ImageBuildError(
      'recipe-refused',
      `The kernel's configuration cannot be had as the recipe wants it: ${unmet.join(', ')}.`,
      'Change kernel.config of the recipe: a symbol may have another name in this version, or need another one.',
    );
  }
}

async function compile({ onStep, logPath }: KernelBuild, options: CommandOptions): Promise<void> {
  const step = 'Compiling the kernel';
  onStep(step, 0);
  let files = 0;
  let diskFullLine: string | undefined;
  try {
    await make(['vmlinux'], {
      ...options,
      onLine: (line) => {
        // Other jobs go on talking, so what failed is not always among the last lines.
        if (saysDiskFull(line)) diskFullLine ??= line;
        if (!/^ {2}[A-Z]/.test(line)) return;
        files++;
        // The end is known only when it comes.
        onStep(step, Math.min(0.99, files / COMPILED_FILES), `${files} files`);
      },
    });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (diskFullLine !== undefined) {
      throw new CommandError(error.command, error.outcome, [diskFullLine]);
    }
    throw new ImageBuildError(
      'compile-failed',
      `The kernel did not compile. The last lines:\n${error.lastLines.join('\n')}`,
      `Read the whole log, ${logPath}, remove the cause, and build again.`,
      { cause: error },
    );
  }
}

function make(targets: readonly string[], options: CommandOptions): Promise<readonly string[]> {
  const jobs = String(availableParallelism());
  return runCommand('make', ['-j', jobs, ...targets], { ...options, niceness: NICENESS });
}
