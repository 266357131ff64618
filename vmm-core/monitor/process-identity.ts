import fs from 'node:fs';

/** Field 22 of /proc/<pid>/stat, counted after the name, which may hold anything; proc(5). */
const START_TIME_AFTER_NAME = 19;

/**
 * When a process started, in clock ticks since boot: with the pid it names one process for as long
 * as this host is up. `undefined` when there is no such process, or only its remains.
 */
export function readStartTicks(pid: number): number | undefined {
  let stat: string;
  try {
    stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const ticks = Number(fields[START_TIME_AFTER_NAME]);
  return Number.isFinite(ticks) ? ticks : undefined;
}
