import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identifyProcess, isAlive, type ProcessIdentity } from '../process/identity';
import { StartError } from './start-error';

const LOCK_FILE = 'console.lock';
/** Each turn removes one stale lock or finds a live one; more turns mean a storm of starts. */
const MAX_TURNS = 20;

/**
 * Takes a directory for this process. The file names its owner by pid and start time, so a lock
 * that a killed console left is seen for what it is.
 * @param variable the environment variable that moves the directory, for the hint
 * @returns gives the directory back
 * @throws StartError when a running console has it
 */
export function lockDirectory(directory: string, variable: string): () => void {
  const path = join(directory, LOCK_FILE);
  const self = identifyProcess(process.pid);
  if (self === undefined) {
    throw new StartError('/proc cannot be read.', 'virtdeck needs /proc mounted.');
  }
  const mine = JSON.stringify(self);
  const draft = `${path}.${process.pid}`;
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    writeFileSync(draft, mine, { mode: 0o600 });
    try {
      // link() fails when the name is taken, and the file appears with its content whole.
      linkSync(draft, path);
      return () => release(path, mine);
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    } finally {
      unlinkSync(draft);
    }
    const found = read(path);
    if (found === undefined) continue;
    const owner = parse(found);
    if (owner !== undefined && isAlive(owner)) {
      throw new StartError(
        `Another console (pid ${owner.pid}) uses ${directory}.`,
        `Stop that one first, or set ${variable} to another directory.`,
      );
    }
    removeStale(path, found, draft);
  }
  throw new StartError(`${path} cannot be taken.`, 'Start the console again.');
}

/** Two processes may find the same stale lock: what the slower one moved away may be a new lock. */
function removeStale(path: string, stale: string, draft: string): void {
  const aside = `${draft}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  try {
    if (read(aside) !== stale) linkSync(aside, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    unlinkSync(aside);
  }
}

function release(path: string, mine: string): void {
  if (read(path) === mine) unlinkSync(path);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(text: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, startTicks } = value as Record<string, unknown>;
    return typeof pid === 'number' && typeof startTicks === 'number'
      ? { pid, startTicks }
      : undefined;
  } catch {
    return undefined;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
