import { spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { CommandError } from './build-error';

export interface CommandOptions {
  readonly cwd?: string;
  /** On top of a minimal environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the command and all it has started. */
  readonly signal?: AbortSignal;
  /** As setpriority(2) takes it; 0 unless given. */
  readonly niceness?: number;
  /** A file that gets every line, appended. */
  readonly logPath?: string;
  /** Each line of standard output and error, without its end. */
  readonly onLine?: (line: string) => void;
}

const LAST_LINES = 20;

/**
 * Runs a program to its end, in a process group of its own. Its output comes through a pipe of
 * ours, so that when this process is killed the next line it writes ends it too.
 * @returns the lines of its standard output
 * @throws CommandError on any end but exit code 0, the signal's reason when aborted, what writing
 * the log met
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<readonly string[]> {
  const { signal, onLine } = options;
  signal?.throwIfAborted();
  const log = options.logPath === undefined ? undefined : new LogFile(options.logPath);
  const child = spawn(program, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: environment(options.env),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.pid !== undefined && options.niceness !== undefined) {
    setPriority(child.pid, options.niceness);
  }
  const stop = (): void => endGroup(child.pid);
  signal?.addEventListener('abort', stop, { once: true });

  const output: string[] = [];
  const last: string[] = [];
  const take = (line: string): void => {
    last.push(line);
    if (last.length > LAST_LINES) last.shift();
    log?.write(line);
    onLine?.(line);
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    output.push(line);
    take(line);
  });
  createInterface({ input: child.stderr }).on('line', take);

  try {
    const outcome = await new Promise<string | undefined>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, killedBy) =>
        resolve(code === 0 ? undefined : (killedBy ?? `exit code ${code}`)),
      );
    });
    signal?.throwIfAborted();
    if (outcome !== undefined) throw new CommandError(program, outcome, last);
    return output;
  } finally {
    signal?.removeEventListener('abort', stop);
    await log?.close();
  }
}

function environment(more: CommandOptions['env']): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  // Messages are read here, so they have to be in one language.
  return { PATH, HOME, LC_ALL: 'C', ...more } as Record<string, string> as NodeJS.ProcessEnv;
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

class LogFile {
  private readonly stream: WriteStream;
  private failure: Error | undefined;

  constructor(path: string) {
    this.stream = createWriteStream(path, { flags: 'a' });
    this.stream.on('error', (error) => {
      this.failure = error;
    });
  }

  write(line: string): void {
    if (this.failure === undefined) this.stream.write(`${line}\n`);
  }

  /** @throws the first error that writing met */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.stream.end(resolve);
    });
    if (this.failure !== undefined) throw this.failure;
  }
}
