import fs from 'node:fs';
import {
  libcSymbol,
  nativeExit,
  nativeGettid,
  nativeSchedSetaffinity,
  nativeSetpriority,
  nativeSigaction,
  nativeTgkill,
} from './libc';
import { NativeBuffer } from './native-buffer';
import { checked } from './sys-error';

/** A real-time signal that neither Node nor libc uses: it does nothing but end a blocking ioctl. */
export const KICK_SIGNAL = 40;

/** sizeof(struct sigaction) in glibc on x86-64: handler, 128 bytes of mask, flags, restorer. */
const SIGACTION_BYTES = 152;

/**
 * Installs the handler of KICK_SIGNAL, once a process. It must be native, for it may run while the
 * thread holds V8 in any state; a libc function that takes an int and touches nothing will do.
 */
export function installKickHandler(): void {
  const action = new NativeBuffer(SIGACTION_BYTES);
  action.view.setBigUint64(0, BigInt(libcSymbol('abs')), true);
  checked('sigaction', nativeSigaction(KICK_SIGNAL, action.address, 0));
}

/** The kernel's id of the calling thread. */
export function threadId(): number {
  return nativeGettid();
}

/**
 * Lets the calling thread run on these processors of the host only; sched_setaffinity(2).
 * @param cpus their numbers, at least one
 * @throws SysError, EINVAL when none of them may be used by this process
 */
export function setThreadAffinity(cpus: readonly number[]): void {
  const mask = new NativeBuffer((Math.floor(Math.max(...cpus) / 64) + 1) * 8);
  for (const cpu of cpus) {
    const byte = cpu >> 3;
    mask.bytes[byte] = (mask.bytes[byte] ?? 0) | (1 << (cpu & 7));
  }
  checked('sched_setaffinity', nativeSchedSetaffinity(0, mask.length, mask.address));
}

const PRIO_PROCESS = 0;

/**
 * Sets the nice value of the calling thread, -20 (first served) to 19; setpriority(2). On Linux each
 * thread has its own.
 * @throws SysError, EACCES when it would be lower than this user may go
 */
export function setThreadNice(nice: number): void {
  checked('setpriority', nativeSetpriority(PRIO_PROCESS, threadId(), nice));
}

/** How top(1) and others show the calling thread; at most 15 characters. */
export function nameThread(name: string): void {
  fs.writeFileSync('/proc/thread-self/comm', name);
}

/** Sends KICK_SIGNAL to a thread of this process; one that is gone already is no error. */
export function kickThread(tid: number): void {
  nativeTgkill(process.pid, tid, KICK_SIGNAL);
}

/**
 * Ends the process at once. process.exit() would wait for every worker to come out of the system
 * call it sleeps in, which one that waits in epoll or in the guest never does.
 */
export function exitNow(code: number): void {
  nativeExit(code);
}
