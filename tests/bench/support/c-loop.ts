import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { BenchError } from './bench';
import type { Cleanup } from './cleanup';
import { ensureProgram } from './packages';

const SOURCE = path.join(import.meta.dirname, 'c-loop.c');
const TSC_TIMEOUT_MS = 10_000;

/**
 * Compiles the bare loop that our monitor is compared with.
 * @returns the path of the program, in a directory that `cleanup` removes
 */
export function buildCLoop(cleanup: Cleanup): string {
  ensureProgram('gcc', ['gcc', 'libc6-dev', 'linux-libc-dev']);
  const program = path.join(cleanup.directory(), 'c-loop');
  const gcc = spawnSync('gcc', ['-O2', '-Wall', '-o', program, SOURCE], { encoding: 'utf8' });
  if (gcc.status !== 0) throw new BenchError(`gcc could not compile the C loop: ${gcc.stderr}`);
  return program;
}

/** Nanoseconds of one tick of the time-stamp counter, measured against the monotonic clock. */
export function nanosecondsPerTick(cLoop: string): number {
  const measured = spawnSync(cLoop, ['--tsc'], { encoding: 'utf8', timeout: TSC_TIMEOUT_MS });
  const kHz = Number(measured.stdout);
  if (measured.status !== 0 || !(kHz > 0)) {
    throw new BenchError(`the TSC's frequency could not be measured: ${measured.stderr}`);
  }
  return 1e6 / kHz;
}
