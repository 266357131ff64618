import { LaunchError, type launchMonitor } from '../../vmm-core/monitor/launch';
import { type Log, messageOf } from '../log/log';
import type { MonitorStatus } from './monitor-messages';
import { MonitorProcess } from './monitor-process';
import { RunDirectory } from './run-directory';

/** A monitor that does not answer within this time after its start never will. */
const READY_MS = 15_000;
/** Room for a few words of a monitor's log in an error. */
const LOG_TAIL_CHARACTERS = 400;

export interface PoolOptions {
  /** Monitors that wait; 0 starts each one cold. */
  readonly size: number;
  readonly runDirectory: string;
  readonly monitorPath: string;
  readonly launch: typeof launchMonitor;
  readonly patienceMs: number;
  readonly log: Log;
  /** What a monitor says when it first answers. */
  readonly onReady: (status: MonitorStatus) => void;
}

/** Monitors that wait, unconfigured, so that a machine need not wait for Node to start. */
export class MonitorPool {
  private readonly idle: MonitorProcess[] = [];
  private launching = 0;
  private closed = false;

  constructor(private readonly options: PoolOptions) {}

  /** Launches what is missing, in the background. */
  fill(): void {
    while (!this.closed && this.idle.length + this.launching < this.options.size) {
      this.launching += 1;
      this.launchIdle().finally(() => {
        this.launching -= 1;
      });
    }
  }

  /** @returns a monitor that answers, now the caller's; a waiting one when there is one */
  async claim(signal: AbortSignal): Promise<MonitorProcess> {
    for (;;) {
      const monitor = this.idle.shift();
      if (monitor === undefined) return this.launch(signal);
      if (monitor.alive) return monitor;
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const waiting = this.idle.splice(0);
    await Promise.all(waiting.map((monitor) => this.dispose(monitor)));
  }

  private async launchIdle(): Promise<void> {
    try {
      const monitor = await this.launch(new AbortController().signal);
      if (this.closed) return await this.dispose(monitor);
      this.idle.push(monitor);
      void monitor.gone.then(() => this.drop(monitor));
    } catch (error) {
      this.options.log.warn('no monitor could be started in advance', { cause: messageOf(error) });
    }
  }

  private drop(monitor: MonitorProcess): void {
    const at = this.idle.indexOf(monitor);
    if (at < 0) return;
    // Not replaced before the next start: one that dies idle would die again at once.
    this.idle.splice(at, 1);
    void monitor.directory.remove();
  }

  private async launch(signal: AbortSignal): Promise<MonitorProcess> {
    const directory = await RunDirectory.create(this.options.runDirectory);
    const launching = this.launchIn(directory);
    try {
      return await beforeDeadline(launching, READY_MS, signal);
    } catch (error) {
      // Whenever it comes up, nobody waits for it any more.
      launching
        .then((monitor) => this.dispose(monitor))
        .catch(() => directory.remove())
        .catch(() => {});
      throw error;
    }
  }

  private async launchIn(directory: RunDirectory): Promise<MonitorProcess> {
    const { launch, monitorPath, patienceMs } = this.options;
    const { process: child } = await launch(monitorPath, directory.path).catch((error: unknown) => {
      const said = error instanceof LaunchError ? error.log.trim().slice(-LOG_TAIL_CHARACTERS) : '';
      throw new Error(`${messageOf(error)}${said === '' ? '' : `; its log ends: ${said}`}`);
    });
    const monitor = MonitorProcess.ofChild(directory, child, patienceMs);
    this.options.onReady(await monitor.client.status());
    return monitor;
  }

  private async dispose(monitor: MonitorProcess): Promise<void> {
    monitor.cutLifeline();
    await monitor.quit();
    await monitor.directory.remove();
  }
}

function beforeDeadline<T>(promise: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    const timer = setTimeout(
      () => reject(new Error(`the monitor was not ready within ${ms} ms`)),
      ms,
    );
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    });
  });
}
