import type { ChildProcess } from 'node:child_process';
import { LIFELINE_FD } from '../../vmm-core/monitor/protocol';
import { identifyProcess, isAlive, type ProcessIdentity } from '../process/identity';
import { MonitorClient } from './monitor-client';
import type { MonitorStatus } from './monitor-messages';
import type { RunDirectory } from './run-directory';

/** How often a monitor that is no child of ours is looked at; one that is says so by itself. */
const LIVENESS_MS = 500;
/** A monitor is asked to end, and after this long it is not asked any more. */
const QUIT_MS = 2000;
/** Between two tries to follow a monitor that lives but has closed its event stream. */
const FOLLOW_AGAIN_MS = 200;

/** How a process ended; both absent when it was not our child. */
export interface ProcessEnd {
  readonly code?: number;
  readonly signal?: string;
}

/** One monitor, started by this console or found running. */
export class MonitorProcess {
  readonly client: MonitorClient;
  /** Settles when the process is gone. */
  readonly gone: Promise<ProcessEnd>;
  private settleGone: (end: ProcessEnd) => void = () => {};
  private isGone = false;
  private readonly liveness: NodeJS.Timeout;
  private unfollow: (() => void) | undefined;

  constructor(
    readonly directory: RunDirectory,
    readonly identity: ProcessIdentity,
    readonly patienceMs: number,
    private readonly child?: ChildProcess,
  ) {
    this.client = new MonitorClient(directory.socket, patienceMs);
    this.gone = new Promise((resolve) => {
      this.settleGone = resolve;
    });
    child?.once('exit', (code, signal) =>
      this.end({ ...(code === null ? {} : { code }), ...(signal === null ? {} : { signal }) }),
    );
    this.liveness = setInterval(() => this.look(), LIVENESS_MS);
    this.liveness.unref();
  }

  /** Identifies a child that was just spawned. @throws Error when it is gone already */
  static ofChild(directory: RunDirectory, child: ChildProcess, patienceMs: number): MonitorProcess {
    const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
    if (identity === undefined) throw new Error('the monitor ended at once');
    return new MonitorProcess(directory, identity, patienceMs, child);
  }

  get alive(): boolean {
    return !this.isGone;
  }

  /** Follows the status until the process is gone; a broken stream is taken up again. */
  follow(onStatus: (status: MonitorStatus) => void): void {
    this.unfollow = this.client.follow(onStatus, () => {
      // The stream ends with the process: look now rather than at the next tick.
      this.look();
      if (this.isGone) return;
      setTimeout(() => {
        this.look();
        if (!this.isGone) this.follow(onStatus);
      }, FOLLOW_AGAIN_MS).unref();
    });
  }

  /** Configured monitors do not need their lifeline; idle ones end with it. */
  cutLifeline(): void {
    this.child?.stdio[LIFELINE_FD]?.destroy();
  }

  /** Asks the process to end, and ends it when it does not. Resolves when it is gone. */
  async quit(): Promise<void> {
    this.client.quit().catch(() => {
      // Refused or out of reach: then by signal.
      this.kill();
    });
    const timer = setTimeout(() => this.kill(), QUIT_MS);
    await this.gone;
    clearTimeout(timer);
  }

  /** SIGKILL, to that very process only. */
  kill(): void {
    if (this.isGone) return;
    try {
      if (isAlive(this.identity)) process.kill(this.identity.pid, 'SIGKILL');
    } catch {
      // Gone between the look and the signal.
    }
    this.look();
  }

  /** Lets go of the process, which goes on. */
  release(): void {
    clearInterval(this.liveness);
    this.unfollow?.();
    this.client.close();
  }

  private look(): void {
    // A child's own exit event follows and carries the reason, so it is left to that.
    if (this.isGone || isAlive(this.identity)) return;
    if (
      this.child !== undefined &&
      this.child.exitCode === null &&
      this.child.signalCode === null
    ) {
      return;
    }
    this.end({});
  }

  private end(end: ProcessEnd): void {
    if (this.isGone) return;
    this.isGone = true;
    this.release();
    this.settleGone(end);
  }
}
