import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Subject } from './subject';
import type { Verdict } from './verdict';

const run = promisify(execFile);
const PATIENCE_MS = 3000;
/** A machine takes about this many in the console: sockets of its monitor, its console and its viewers. */
const FILES_OF_A_MACHINE = 6;
const MANY_MACHINES = 200;

export async function checkQemuImg(): Promise<Verdict> {
  try {
    const { stdout } = await run('qemu-img', ['--version'], { timeout: PATIENCE_MS });
    const version = /version (\S+)/.exec(stdout)?.[1] ?? '';
    return {
      level: 'ok',
      detail: `qemu-img ${version} converts disks in qcow2, VMDK and VHDX.`,
      hint: null,
    };
  } catch {
    return {
      level: 'note',
      detail: 'There is no qemu-img: only raw disks can be brought.',
      hint: 'Install it on the host (Debian: apt-get install qemu-utils), or bring a raw image.',
    };
  }
}

/** proc_pid_limits(5) */
export async function checkOpenFiles({ read }: Subject): Promise<Verdict> {
  const limits = (await read('proc/self/limits')) ?? '';
  const limit = /^Max open files\s+(\S+)/m.exec(limits)?.[1] ?? 'unlimited';
  const most = limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
  if (most >= FILES_OF_A_MACHINE * MANY_MACHINES) {
    return { level: 'ok', detail: `The console may open ${limit} files.`, hint: null };
  }
  return {
    level: 'warning',
    detail: `The console may open ${limit} files, which is enough for about ${Math.floor(most / FILES_OF_A_MACHINE)} machines.`,
    hint: 'Raise the limit where it is started: ulimit -n, or LimitNOFILE of systemd.',
  };
}
