import { readFileSync } from 'node:fs';

/** A pid is given out again; with its start time it names one process. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/<pid>/stat: clock ticks after boot. */
  readonly startTicks: number;
}

/** Fields of /proc/<pid>/stat after the name, which may itself hold spaces and brackets. */
const STATE_FIELD = 0;
const START_TICKS_FIELD = 19;

/** @returns undefined when there is no such process, or only its exit status is left of it */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[STATE_FIELD];
  if (state === 'Z' || state === 'X') return undefined;
  return { pid, startTicks: Number(fields[START_TICKS_FIELD]) };
}

/** Whether that very process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.startTicks === identity.startTicks;
}
