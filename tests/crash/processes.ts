import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { Vm } from '../../server/api/vms';
import type { TestConsole } from '../support/console';

const LIVE = new Set<Vm['state']>(['running', 'paused', 'stopping']);
/** One that waits for a machine, and one that is on its way in its place. */
const MOST_IDLE = 2;
const NETWORK = '/sys/class/net';

/** Rows against processes: each machine that runs has its monitor, and each monitor its machine. */
export function monitorFaults(console: TestConsole, vms: readonly Vm[]): string[] {
  const run = path.join(console.directory, 'run');
  const known = console.monitors();
  const running = monitorPids(run);
  const faults: string[] = [];
  for (const { id, name, state } of vms) {
    const pid = known.get(id);
    const isThere = pid !== undefined && running.has(pid);
    if (LIVE.has(state) !== isThere)
      faults.push(`${name} is ${state}, its monitor ${pid ?? 'none'}`);
  }
  const ids = new Set(vms.map(({ id }) => id));
  for (const [id, pid] of known) {
    if (!ids.has(id) && running.has(pid)) faults.push(`a monitor (${pid}) of no machine`);
  }
  const machines = new Set(known.values());
  const idle = [...running].filter((pid) => !machines.has(pid)).length;
  if (idle > MOST_IDLE) faults.push(`${idle} monitors wait`);
  const directories = readdirSync(run, { withFileTypes: true }).filter((it) => it.isDirectory());
  const live = vms.filter(({ state }) => LIVE.has(state)).length;
  if (directories.length > live + MOST_IDLE) {
    faults.push(`${directories.length} run directories, but ${live} machines run`);
  }
  return faults;
}

/** Names of interfaces that a process of this host made for frames: tun(4). */
export function taps(): ReadonlySet<string> {
  return new Set(
    readdirSync(NETWORK).filter((name) => existsSync(path.join(NETWORK, name, 'tun_flags'))),
  );
}

/** Processes whose command line names a run directory below `run`. */
function monitorPids(run: string): ReadonlySet<number> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Set(
    pids.filter((pid) => commandOf(pid).includes(`${run}/`) && isProcess(pid)).map(Number),
  );
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** A zombie has no program any more. */
function isProcess(pid: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== '';
  } catch {
    return false;
  }
}
