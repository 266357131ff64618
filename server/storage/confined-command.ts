import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { promisify } from 'node:util';

const MIB = 1024 * 1024;
/** More than any program of ours has to say. */
const MAX_OUTPUT_BYTES = MIB;
/** Of what it complained of last. */
const KEPT_ERROR_CHARACTERS = 2000;
const MAX_OPEN_FILES = 64;
const NICENESS = 10;
/** The user `nobody`: 65534 on every Linux, for it is what the kernel maps strangers to. */
const NOBODY = 65534;
const PROBE_TIMEOUT_MS = 5000;

const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  // Its messages are read here, so they have to be in one language.
  LC_ALL: 'C',
};

export interface ConfinedCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** Open files it gets as its descriptors 3, 4 … */
  readonly files?: readonly number[];
  /** It reads what a stranger wrote: no network, no privileges, and of files only those it is given. */
  readonly hostile: boolean;
  readonly limits: {
    readonly memoryBytes?: number;
    readonly cpuSeconds?: number;
    readonly fileBytes?: number;
  };
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** What it writes to its standard output, as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** The program is not installed. */
export class ProgramMissing extends Error {}

/** It ended with an error, or was ended for taking too much. */
export class CommandFailed extends Error {
  constructor(
    readonly program: string,
    readonly outcome: string,
    /** The last words on its standard error: for the log of a task, not for a program. */
    readonly lastWords: string,
  ) {
    super(`${program} ended with ${outcome}: ${lastWords.trim()}`);
  }
}

/**
 * Runs a program to its end in a process group of its own, which is killed when the signal is
 * aborted, when it takes too long, and by the kernel when this process dies.
 * @returns its standard output, at most 1 MiB of it
 * @throws ProgramMissing, CommandFailed, the signal's reason when aborted
 */
export async function runConfined(command: ConfinedCommand): Promise<string> {
  const { signal, files = [] } = command;
  signal.throwIfAborted();
  const [program = '', ...args] = await commandLine(command);
  signal.throwIfAborted();
  const child = spawn(program, args, {
    cwd: '/',
    env: ENVIRONMENT as Record<string, string> as NodeJS.ProcessEnv,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...files],
  });
  if (child.pid !== undefined) lowerPriority(child.pid);

  let killedFor: string | undefined;
  const kill = (reason: string): void => {
    killedFor ??= reason;
    endGroup(child);
  };
  const onAbort = (): void => kill('an abort');
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => kill('too much time'), command.timeoutMs);
  let output = '';
  let lastWords = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    command.onOutput?.(text);
    output += text;
    if (output.length > MAX_OUTPUT_BYTES) kill('too much output');
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-KEPT_ERROR_CHARACTERS);
  });
  try {
    const outcome = await ended(child, command.program);
    signal.throwIfAborted();
    if (killedFor !== undefined || outcome !== undefined) {
      throw new CommandFailed(command.program, killedFor ?? outcome ?? '', lastWords);
    }
    return output;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** @returns undefined when it ended with exit code 0 */
function ended(child: ChildProcess, program: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject('code' in error && error.code === 'ENOENT' ? new ProgramMissing(program) : error),
    );
    child.once('close', (code, killedBy) => {
      // prlimit, unshare and setpriv say so when they do not find what they shall run.
      if (code === 127) reject(new ProgramMissing(program));
      else resolve(code === 0 ? undefined : (killedBy ?? `exit code ${code}`));
    });
  });
}

async function commandLine(command: ConfinedCommand): Promise<readonly string[]> {
  const { memoryBytes, cpuSeconds, fileBytes } = command.limits;
  const limit = (name: string, value: number | undefined) =>
    value === undefined ? [] : [`--${name}=${Math.ceil(value)}`];
  return [
    'prlimit',
    '--core=0',
    `--nofile=${MAX_OPEN_FILES}`,
    ...limit('as', memoryBytes),
    ...limit('cpu', cpuSeconds),
    ...limit('fsize', fileBytes),
    '--',
    ...(await wrappers(command.hostile)),
    command.program,
    ...command.args,
  ];
}

const DIES_WITH_US = '--pdeathsig=KILL';
const NO_PRIVILEGES = ['--no-new-privs', '--inh-caps=-all', '--bounding-set=-all'];

/** The strongest first. Each replaces itself by the next, so the process stays the one we started. */
const NETWORK: readonly (readonly string[])[] = [
  ['unshare', '--net', '--ipc', '--uts', '--'],
  ['unshare', '--user', '--net', '--ipc', '--uts', '--'],
  ['unshare', '--user', '--map-root-user', '--net', '--ipc', '--uts', '--'],
];
const PRIVILEGES: readonly (readonly string[])[] = [
  [
    'setpriv',
    DIES_WITH_US,
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    '--clear-groups',
    ...NO_PRIVILEGES,
    '--',
  ],
  ['setpriv', DIES_WITH_US, ...NO_PRIVILEGES, '--'],
  ['setpriv', DIES_WITH_US, '--no-new-privs', '--'],
];
const LIFE: readonly (readonly string[])[] = [['setpriv', DIES_WITH_US, '--']];

let hostileWrappers: Promise<readonly string[]> | undefined;
let plainWrappers: Promise<readonly string[]> | undefined;

/** What this host lets us put around a program; found out once. */
function wrappers(hostile: boolean): Promise<readonly string[]> {
  if (!hostile) {
    plainWrappers ??= firstThatWorks([], LIFE);
    return plainWrappers;
  }
  hostileWrappers ??= firstThatWorks([], NETWORK).then((network) =>
    firstThatWorks(network, PRIVILEGES),
  );
  return hostileWrappers;
}

/** @returns `before`, and behind it the first of `choices` this host allows, or none */
async function firstThatWorks(
  before: readonly string[],
  choices: readonly (readonly string[])[],
): Promise<readonly string[]> {
  for (const choice of choices) {
    const [program = '', ...args] = [...before, ...choice, 'true'];
    const works = await promisify(execFile)(program, args, {
      env: ENVIRONMENT as Record<string, string> as NodeJS.ProcessEnv,
      timeout: PROBE_TIMEOUT_MS,
    }).then(
      () => true,
      () => false,
    );
    if (works) return [...before, ...choice];
  }
  return before;
}

/** Machines come first. */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, NICENESS);
  } catch {
    // It has ended already.
  }
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
