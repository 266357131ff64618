import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from '../../process/lock-file';

const POLL_MS = 300;

/**
 * Lets one process build at a time.
 * @param onWait called with the owner's pid, once, when another process has it
 * @returns what gives it back
 * @throws the signal's reason when aborted
 */
export async function takeBuildLock(
  path: string,
  signal: AbortSignal | undefined,
  onWait: (pid: number) => void,
): Promise<() => void> {
  let told = false;
  for (;;) {
    signal?.throwIfAborted();
    const attempt = tryLock(path);
    if (attempt.taken) return attempt.release;
    if (!told) {
      told = true;
      onWait(attempt.owner.pid);
    }
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  }
}
