import os from 'node:os';
import { errno } from './libc';

const NAMES = new Map(Object.entries(os.constants.errno).map(([name, value]) => [value, name]));

/** A system call that failed; `code` is the errno's name, as Node's own errors have it. */
export class SysError extends Error {
  readonly code: string;

  constructor(
    readonly call: string,
    readonly errno: number,
  ) {
    const code = NAMES.get(errno) ?? `errno ${errno}`;
    super(`${call}: ${code}`);
    this.name = 'SysError';
    this.code = code;
  }
}

/**
 * Passes a system call's result through.
 * @throws SysError when it is negative
 */
export function checked(call: string, result: number): number {
  if (result < 0) throw new SysError(call, errno());
  return result;
}
