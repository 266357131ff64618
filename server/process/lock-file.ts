import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { identifyProcess, isAlive, type ProcessIdentity } from './identity';

const ownerSchema = z.object({ pid: z.number(), startTicks: z.number() });
/** Each turn removes one stale lock or finds a live one; more turns mean a storm of processes. */
const MAX_TURNS = 20;

export type LockAttempt =
  | { readonly taken: true; readonly release: () => void }
  | { readonly taken: false; readonly owner: ProcessIdentity };

/**
 * Tries to take a lock that one process at a time has. The file names its owner by pid and start
 * time, so that the lock of a killed process is seen for what it is and taken over.
 * @throws Error when the directory cannot be written, or the lock changes hands all the time
 */
export function tryLock(path: string): LockAttempt {
  const self = identifyProcess(process.pid);
  if (self === undefined) throw new Error('/proc/self/stat cannot be read; virtdeck needs /proc');
  const mine = JSON.stringify(self);
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    if (create(path, mine)) return { taken: true, release: () => release(path, mine) };
    const found = read(path);
    if (found === undefined) continue;
    const owner = parse(found);
    if (owner !== undefined && isAlive(owner)) return { taken: false, owner };
    removeStale(path, found);
  }
  throw new Error(`${path} cannot be taken: it changes hands all the time`);
}

/** link() fails when the name is taken, and the file appears with its content whole. */
function create(path: string, content: string): boolean {
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, content, { mode: 0o600 });
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Two may find the same stale lock: what the slower one moved away may be a new lock. */
function removeStale(path: string, stale: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
    if (read(aside) !== stale) linkSync(aside, path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') && !hasCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(aside, { force: true });
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
    return ownerSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
