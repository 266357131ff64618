import os from 'node:os';
import { errno, nativeFcntl } from '../sys/libc';
import { NativeBuffer } from '../sys/native-buffer';
import { SysError } from '../sys/sys-error';
import { StorageError } from './storage-error';

const { EACCES, EAGAIN } = os.constants.errno;

// fcntl(2), "Open file description locks".
const F_OFD_SETLK = 37;
const F_RDLCK = 0;
const F_WRLCK = 1;
const F_UNLCK = 2;
/** struct flock of x86-64: type and whence, 16 bits each; start and length, 64 bits, from 8; pid. */
const FLOCK_BYTES = 32;

/**
 * How long to try: the kernel lets go of what the io_uring of a killed monitor held some 25 ms after
 * the process is gone.
 */
const PATIENCE_MS = 250;
const RETRY_MS = 5;

/**
 * Locks a whole file: for one writer, or for any number of readers. The lock belongs to the open
 * file, not to the process, and goes with it.
 * @throws StorageError when another machine has it
 */
export function lockFile(fd: number, path: string, isShared: boolean): void {
  const error = setLockPatiently(fd, isShared ? F_RDLCK : F_WRLCK);
  if (error === 0) return;
  if (isTaken(error)) {
    throw new StorageError(
      `${path} is in use by another machine`,
      isShared
        ? 'Stop the machine that writes it; then any number can read it.'
        : 'Stop the machine that uses it, or make a copy of the disk.',
    );
  }
  const { code } = new SysError('fcntl', error);
  throw new StorageError(
    `${path} cannot be locked: ${code}`,
    'Move it to a file system with locks, so that no two machines write it at a time.',
  );
}

export function unlockFile(fd: number): void {
  setLock(fd, F_UNLCK);
}

function setLockPatiently(fd: number, type: number): number {
  const deadline = performance.now() + PATIENCE_MS;
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    const error = setLock(fd, type);
    if (!isTaken(error) || performance.now() > deadline) return error;
    Atomics.wait(nobody, 0, 0, RETRY_MS);
  }
}

function isTaken(error: number): boolean {
  return error === EAGAIN || error === EACCES;
}

/** @returns 0 or an errno */
function setLock(fd: number, type: number): number {
  const flock = new NativeBuffer(FLOCK_BYTES);
  // From byte 0 (SEEK_SET is 0) with length 0, which means to the end, however far that moves.
  flock.view.setInt16(0, type, true);
  return nativeFcntl(fd, F_OFD_SETLK, flock.address) < 0 ? errno() : 0;
}
