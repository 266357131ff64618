import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { rotatedLog } from './monitor-log';
import type { RunDirectory } from './run-directory';

const CONSOLE_NAME = /^console-([0-9a-f]{12})\.ring$/;
const LOG_NAME = 'monitor.log';

/** What stays of a machine's last run when its monitor is gone: in the data directory, by machine. */
export class KeptRuns {
  constructor(private readonly machines: string) {}

  /** Copies what a monitor that will not print any more has left, in place of the run before. */
  async keep(id: string, from: RunDirectory): Promise<void> {
    const directory = this.directory(id);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await keepConsole(from, directory);
    const log = join(directory, LOG_NAME);
    await copyWhole(from.log, log);
    if (!(await copyWhole(rotatedLog(from.log), rotatedLog(log)))) {
      await rm(rotatedLog(log), { force: true });
    }
  }

  /** The console of the last run; its epoch is the name its run directory had. */
  async findConsole(id: string): Promise<{ path: string; epoch: string } | undefined> {
    const directory = this.directory(id);
    const names = await readdir(directory).catch(() => []);
    for (const name of names) {
      const epoch = CONSOLE_NAME.exec(name)?.[1];
      if (epoch !== undefined) return { path: join(directory, name), epoch };
    }
    return undefined;
  }

  /** Where the monitor's log of the last run is, if there was one. */
  logPath(id: string): string {
    return join(this.directory(id), LOG_NAME);
  }

  /** Removes what a console that ended between deleting a machine and forgetting it has left. */
  async sweep(known: ReadonlySet<string>): Promise<void> {
    const names = await readdir(this.machines).catch(() => []);
    for (const name of names) if (!known.has(name)) await this.forget(name);
  }

  async forget(id: string): Promise<void> {
    await rm(this.directory(id), { recursive: true, force: true });
  }

  private directory(id: string): string {
    // Ids are made by the console, but a path is not built on trust.
    if (!/^[0-9a-zA-Z-]+$/.test(id)) throw new Error(`not a machine id: ${JSON.stringify(id)}`);
    return join(this.machines, id);
  }
}

async function keepConsole(from: RunDirectory, directory: string): Promise<void> {
  const kept = `console-${from.name}.ring`;
  if (!(await copyWhole(from.console, join(directory, kept)))) return;
  for (const name of await readdir(directory)) {
    if (CONSOLE_NAME.test(name) && name !== kept) await rm(join(directory, name), { force: true });
  }
}

/** The copy appears whole or not at all. @returns false when there is nothing to copy */
async function copyWhole(from: string, to: string): Promise<boolean> {
  const draft = `${to}.part`;
  try {
    await copyFile(from, draft);
    await rename(draft, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    // On a full disk, half a copy would only make it fuller.
    await rm(draft, { force: true });
    throw error;
  }
}
