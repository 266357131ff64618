import { join } from 'node:path';
import { tryLock } from '../process/lock-file';
import { StartError } from './start-error';

/**
 * Takes a directory for this console.
 * @param variable the environment variable that moves the directory, for the hint
 * @returns gives the directory back
 * @throws StartError when a running console has it
 */
export function lockDirectory(directory: string, variable: string): () => void {
  const attempt = tryLock(join(directory, 'console.lock'));
  if (attempt.taken) return attempt.release;
  throw new StartError(
    `Another console (pid ${attempt.owner.pid}) uses ${directory}.`,
    `Stop that one first, or set ${variable} to another directory.`,
  );
}
