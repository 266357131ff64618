import { join } from 'node:path';
import { type LockAttempt, tryLock } from '../process/lock-file';
import { StartError } from './start-error';

/**
 * Takes a directory for this console.
 * @param variable the environment variable that moves the directory, for the hint
 * @returns gives the directory back
 * @throws StartError when a running console has it, or nothing can be written to it
 */
export function lockDirectory(directory: string, variable: string): () => void {
  const attempt = attemptIn(directory, variable);
  if (attempt.taken) return attempt.release;
  throw new StartError(
    `Another console (pid ${attempt.owner.pid}) uses ${directory}.`,
    `Stop that one first, or set ${variable} to another directory.`,
  );
}

function attemptIn(directory: string, variable: string): LockAttempt {
  try {
    return tryLock(join(directory, 'console.lock'));
  } catch (error) {
    throw new StartError(
      `Nothing can be written to ${directory}: ${error instanceof Error ? error.message : error}.`,
      `Free some space on its disk, or set ${variable} to another directory.`,
    );
  }
}
