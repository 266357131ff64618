import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const SIGNAL_EXIT_BASE = 128;

/**
 * Remembers what a bench started. Monitors are sessions of their own and would outlive us, so they
 * are ended here on every way out, a signal and a thrown error included.
 */
export class Cleanup {
  private readonly children = new Set<ChildProcess>();
  private readonly directories = new Set<string>();

  constructor() {
    process.on('exit', () => this.all());
    for (const signal of SIGNALS) {
      // process.exit() runs the handler above.
      process.once(signal, () => process.exit(SIGNAL_EXIT_BASE + os.constants.signals[signal]));
    }
  }

  /** @returns the same process, which is killed at the latest when the bench ends */
  own(child: ChildProcess): ChildProcess {
    this.children.add(child);
    child.once('exit', () => this.children.delete(child));
    return child;
  }

  spawn(...args: Parameters<typeof spawn>): ChildProcess {
    return this.own(spawn(...args));
  }

  /** A new directory with a path short enough for a socket in it. */
  directory(): string {
    const made = fs.mkdtempSync(path.join(os.tmpdir(), 'vd-bench-'));
    this.directories.add(made);
    return made;
  }

  /** Kills a process and waits for its end. */
  async end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.ref();
    child.kill('SIGKILL');
    await ended;
  }

  remove(directory: string): void {
    fs.rmSync(directory, { recursive: true, force: true });
    this.directories.delete(directory);
  }

  private all(): void {
    for (const child of this.children) child.kill('SIGKILL');
    for (const directory of [...this.directories]) this.remove(directory);
  }
}
