import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ConsoleContents,
  consoleText,
  readConsoleRing,
} from '../../vmm-core/machine/console-file';
import type { ConsoleFrom } from '../../vmm-core/monitor/console-frames';
import { type Log, messageOf } from '../log/log';
import type { ConsoleConnection } from './agent';
import { KeptConsole, LiveConsole, NO_CONSOLE } from './console-connections';
import { monitorProblem } from './host-problems';
import type { KeptRuns } from './kept-runs';
import type { MachineMonitor } from './machine-monitor';
import type { MonitorProcess } from './monitor-process';

/** Twice the time after which a dead process is surely noticed. */
const GONE_WAIT_MS = 1000;

interface Parts {
  readonly machine: (id: string) => MachineMonitor | undefined;
  /** Resolves once the monitor of a machine is cleared away; undefined when none is being. */
  readonly ending: (id: string) => Promise<void> | undefined;
  readonly kept: KeptRuns;
  readonly log: Log;
}

/** What machines print, from their monitors or from what those have left. */
export class MachineConsoles {
  constructor(private readonly of: Parts) {}

  /** @throws ProblemError when the monitor lives and does not answer */
  async open(id: string, from: ConsoleFrom): Promise<ConsoleConnection> {
    const machine = this.of.machine(id);
    if (machine !== undefined && machine.phase !== 'ending') {
      const live = await openLive(machine.monitor, from);
      if (live !== undefined) return live;
    }
    await this.of.ending(id);
    const { epoch, contents } = await this.kept(id);
    return new KeptConsole(epoch, contents, from);
  }

  /** Of a machine that runs, from the file that its monitor writes: whatever that one does. */
  async log(id: string): Promise<Uint8Array> {
    const directory = this.of.machine(id)?.monitor.directory;
    const written = directory && this.read(id, directory.console);
    return consoleText(written ?? (await this.kept(id)).contents);
  }

  /** Nothing, where nothing is kept or what is kept cannot be read. */
  private async kept(id: string): Promise<{ epoch: string; contents: ConsoleContents }> {
    const kept = await this.of.kept.findConsole(id);
    if (kept === undefined) return { epoch: '', contents: NO_CONSOLE };
    const contents = this.read(id, kept.path);
    return contents === undefined
      ? { epoch: '', contents: NO_CONSOLE }
      : { epoch: kept.epoch, contents };
  }

  private read(id: string, path: string): ConsoleContents | undefined {
    try {
      return readConsoleRing(path);
    } catch (error) {
      const cause = messageOf(error);
      this.of.log.warn('what a machine printed cannot be read', { machine: id, cause });
      return undefined;
    }
  }
}

/** @returns undefined when the monitor turns out to be gone */
async function openLive(
  monitor: MonitorProcess,
  from: ConsoleFrom,
): Promise<ConsoleConnection | undefined> {
  try {
    const { socket, head } = await monitor.client.openConsole(from);
    return new LiveConsole(monitor.directory.name, socket, head);
  } catch (error) {
    // A socket can be dead a moment before its process is known to be.
    await Promise.race([monitor.gone, sleep(GONE_WAIT_MS)]);
    if (monitor.alive) throw monitorProblem(error);
    return undefined;
  }
}
