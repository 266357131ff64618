import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { identifyProcess, isAlive, type ProcessIdentity } from '../../process/identity';

const ownerSchema = z.object({ pid: z.number(), startTicks: z.number() });
const POLL_MS = 300;

/**
 * Lets one process build at a time. The file names its owner by pid and start time, so that the
 * lock of a killed build is seen for what it is.
 * @param onWait called with the owner's pid, once, when another process has it
 * @returns what gives it back
 * @throws the signal's reason when aborted
 */
export async function takeBuildLock(
  path: string,
  signal: AbortSignal | undefined,
  onWait: (pid: number) => void,
): Promise<() => void> {
  const self = identifyProcess(process.pid);
  if (self === undefined) throw new Error('/proc/self/stat cannot be read');
  let told = false;
  for (;;) {
    signal?.throwIfAborted();
    if (tryTake(path, self)) return () => rmSync(path, { force: true });
    const found = read(path);
    const owner = found === undefined ? undefined : parse(found);
    if (found !== undefined && (owner === undefined || !isAlive(owner))) {
      removeStale(path, found);
      continue;
    }
    if (owner !== undefined && !told) {
      told = true;
      onWait(owner.pid);
    }
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  }
}

/** link() fails when the name is taken, and the file appears with its content whole. */
function tryTake(path: string, self: ProcessIdentity): boolean {
  const draft = `${path}.${self.pid}`;
  writeFileSync(draft, JSON.stringify(self));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

/** Two may find the same stale lock: what the slower one moved away may be a new one. */
function removeStale(path: string, stale: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
    if (read(aside) !== stale) linkSync(aside, path);
  } catch {
    // Another was faster; the next turn sees what there is now.
  } finally {
    rmSync(aside, { force: true });
  }
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
