import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import { LIFELINE_FD, RUN_FILES } from './protocol';

/**
 * One thread for garbage collection and compilation. Other flags of V8 would cost more than they
 * spare: with any of them Node cannot use the code cache of its own modules, 25 ms at each start.
 */
const NODE_FLAGS = ['--v8-pool-size=1'];
/** One malloc arena for all threads: each other costs memory that is touched and kept. */
const ENVIRONMENT = { MALLOC_ARENA_MAX: '1', UV_THREADPOOL_SIZE: '1' };

export interface LaunchedMonitor {
  readonly process: ChildProcess;
  readonly runDir: string;
}

/** The monitor ended before it was ready; `log` is what it said. */
export class LaunchError extends Error {
  constructor(
    message: string,
    readonly log: string,
  ) {
    super(message);
    this.name = 'LaunchError';
  }
}

/**
 * Starts a monitor in a run directory, which must exist and be empty. It is a session of its own
 * and outlives us once it is configured.
 * @param bundle the path of the monitor's bundle
 * @returns once its control socket listens
 * @throws LaunchError
 */
export async function launchMonitor(bundle: string, runDir: string): Promise<LaunchedMonitor> {
  const logPath = path.join(runDir, RUN_FILES.log);
  const log = fs.openSync(logPath, 'a', 0o600);
  const child = spawn(process.execPath, [...NODE_FLAGS, bundle, '--run-dir', runDir], {
    detached: true,
    // The last is LIFELINE_FD.
    stdio: ['ignore', log, log, 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...ENVIRONMENT },
  });
  fs.closeSync(log);
  const lifeline = child.stdio[LIFELINE_FD] as Socket;
  await new Promise<void>((resolve, reject) => {
    const fail = (message: string): void =>
      reject(new LaunchError(message, fs.readFileSync(logPath, 'utf8').slice(-4096)));
    child.once('error', (error) => fail(`the monitor could not be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      fail(`the monitor ended at once (${signal ?? `exit ${code}`})`),
    );
    lifeline.once('data', () => resolve());
    lifeline.on('error', () => undefined);
  });
  child.removeAllListeners('exit');
  // Neither shall keep the console's process alive.
  child.unref();
  lifeline.unref();
  return { process: child, runDir };
}
