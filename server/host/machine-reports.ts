import { lastLines, readConsoleRing } from '../../vmm-core/machine/console-file';
import type { Crash } from '../api/vms';
import type { MachineReport } from './agent';
import type { MonitorStatus } from './monitor-messages';
import type { ProcessEnd } from './monitor-process';
import type { RunDirectory } from './run-directory';

const LAST_LINES = 20;

/** After such a report the machine has no monitor. */
export function isFinal(report: MachineReport): boolean {
  return report.state === 'stopped' || report.state === 'crashed';
}

export function stoppedReport(id: string): MachineReport {
  return { id, state: 'stopped', since: new Date().toISOString() };
}

export function crashedReport(id: string, crash: Crash, since = crash.at): MachineReport {
  return { id, state: 'crashed', since, crash };
}

/** What a monitor said, as a report. */
export function reportOf(
  id: string,
  status: MonitorStatus,
  directory: RunDirectory,
): MachineReport {
  const { state, since, crash, restartAt, shutdownIgnoredAt } = status;
  const ignored = shutdownIgnoredAt === undefined ? {} : { shutdownIgnoredAt };
  // Its monitor will start it again: for people it is on its way already.
  if (restartAt !== undefined) {
    return { id, state: 'starting', since, restartAt, ...(crash === undefined ? {} : { crash }) };
  }
  if (state !== 'crashed') return { id, state, since, ...ignored };
  return crashedReport(id, crash ?? monitorKilled({}, directory), since);
}

/** The crash of a machine whose monitor is gone and left no report of its own. */
export function monitorKilled(end: ProcessEnd, directory: RunDirectory): Crash {
  return {
    reason: 'monitor-killed',
    message: `The monitor process of this machine is gone${howEnded(end)}.`,
    hint:
      'Start the machine again. If nobody ended the process, look into the kernel log (dmesg) for ' +
      'the out-of-memory killer and into the monitor log for its last words.',
    at: new Date().toISOString(),
    lastLines: lastLinesIn(directory),
  };
}

function howEnded(end: ProcessEnd): string {
  if (end.signal !== undefined) return `: it was ended by ${end.signal}`;
  if (end.code !== undefined) return `: it exited with code ${end.code}`;
  return '';
}

function lastLinesIn(directory: RunDirectory): string[] {
  try {
    return [...lastLines(readConsoleRing(directory.console), LAST_LINES)];
  } catch {
    // Not even begun to print, or torn by the crash: then there are no lines.
    return [];
  }
}
