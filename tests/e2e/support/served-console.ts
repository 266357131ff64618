import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { RUN_FILES, type RunRecord } from '../../../vmm-core/monitor/protocol';

const ROOT = path.resolve(import.meta.dirname, '../../..');
/** Printed after the address; when it is there, all is. */
const ONE_TIME_LINK = /\S+\/first-run#\S+/;
const START_MS = 30_000;
const STOP_MS = 15_000;

/** The console as people start it, with nothing in its directories but the default image. */
export class ServedConsole {
  private output = '';

  private constructor(
    private readonly directory: string,
    private readonly child: ChildProcess,
  ) {
    const hear = (chunk: Buffer): void => {
      this.output += chunk.toString('utf8');
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
  }

  static async start(): Promise<ServedConsole> {
    requireImage();
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'vd-e2e-'));
    const child = spawn(process.execPath, ['dist/server.mjs', '--port', '0'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_ENV: 'production',
        VIRTDECK_DATA: path.join(directory, 'data'),
        VIRTDECK_RUN: path.join(directory, 'run'),
      },
    });
    const served = new ServedConsole(directory, child);
    try {
      await served.until(() => ONE_TIME_LINK.test(served.output), START_MS);
      return served;
    } catch (error) {
      await served.remove();
      throw error;
    }
  }

  /** Where the first administrator is made. */
  get oneTimeLink(): string {
    return ONE_TIME_LINK.exec(this.output)?.[0] ?? '';
  }

  /** What it said, for the report of a test that failed. */
  get log(): string {
    return this.output;
  }

  /** Ends the console and every monitor it left, and takes away all they made. */
  async remove(): Promise<void> {
    this.child.kill('SIGINT');
    await this.until(() => this.ended, STOP_MS).catch(() => this.child.kill('SIGKILL'));
    for (const pid of this.monitors()) process.kill(pid, 'SIGKILL');
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  private monitors(): number[] {
    const run = path.join(this.directory, 'run');
    if (!fs.existsSync(run)) return [];
    return fs
      .readdirSync(run)
      .map((name) => path.join(run, name, RUN_FILES.record))
      .filter((file) => fs.existsSync(file))
      .map((file) => (JSON.parse(fs.readFileSync(file, 'utf8')) as RunRecord).pid)
      .filter(isAlive);
  }

  private get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async until(done: () => boolean, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!done()) {
      if (this.ended || Date.now() > deadline) throw new Error(`the console said: ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Without it the console would build one, which takes longer than any test may. */
function requireImage(): void {
  if (process.env['VIRTDECK_IMAGES'] === undefined) {
    throw new Error('No default image in VIRTDECK_IMAGES: `npm test` builds one and sets it.');
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
