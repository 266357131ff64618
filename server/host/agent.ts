import type { Finding } from '../api/doctor';
import type { Host } from '../api/host';
import type { HostSample, VmSample } from '../api/metrics';
import type { Crash, VmState } from '../api/vms';

/**
 * What the console asks of a host. One agent stands for one host; this interface holds nothing that
 * could not travel over a network: no handles, no shared memory, no file of the console.
 */
export interface HostAgent {
  /**
   * Finds the monitors an earlier console left running, and begins to watch.
   * @param known ids of the machines this console has; monitors of others are left alone
   */
  open(known: ReadonlySet<string>): Promise<Adoption>;

  facts(): Promise<HostFacts>;

  /** What helps machines on this host, and what stands in their way. */
  examine(): Promise<readonly Finding[]>;

  /**
   * Boots a machine. Resolves once the monitor has taken the start; what follows comes as reports.
   * @param signal aborting it ends the start, and no monitor is left
   * @throws ProblemError when the host refuses, whatever `signal.reason` is when aborted
   */
  start(spec: MachineSpec, signal: AbortSignal): Promise<void>;

  /**
   * Presses the power button. Resolves once the guest has been told; what it does comes as reports.
   * @throws ProblemError when the machine does not run, or its monitor refuses
   */
  shutdown(id: string, timeoutMs: number): Promise<void>;

  /** Pulls the plug. Resolves when no monitor is left; also when there was none. */
  stop(id: string): Promise<void>;

  /** @throws ProblemError when the machine does not run, or its monitor refuses */
  pause(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  reset(id: string): Promise<void>;

  /** Tells a running machine that a disk has grown. Does nothing for one that does not run. */
  resized(id: string, diskId: string): Promise<void>;

  /** Deletes what is kept of a machine that has no monitor. */
  forget(id: string): Promise<void>;

  /**
   * The console from an offset (bytes the guest has printed) or the end on: live, or what is kept of
   * it when the machine has no monitor.
   */
  openConsole(id: string, from: number | 'end'): Promise<ConsoleConnection>;

  /** All that is kept of what the guest printed. */
  consoleLog(id: string): Promise<Uint8Array>;

  /** The last lines of the monitor's own log, of the run that is or was last. */
  monitorLog(id: string): Promise<string>;

  /** Whether a monitor runs for the machine. */
  isLive(id: string): boolean;

  /** The last ten minutes, a sample a second, oldest first. */
  samples(id: string): readonly VmSample[];

  /** The host's own last ten minutes, a sample a second, oldest first. */
  hostSamples(): readonly HostSample[];

  /** @returns stops the listening */
  onHostSample(listener: (sample: HostSample) => void): () => void;
  /** @returns stops the listening */
  onReport(listener: (report: MachineReport) => void): () => void;
  /** @returns stops the listening */
  onSample(listener: (id: string, sample: VmSample) => void): () => void;

  /** Lets go of everything; machines go on. */
  close(): Promise<void>;
}

export type HostFacts = Omit<Host, 'version'>;

/** All that a host needs to know of a machine to start it. Paths are absolute, on that host. */
export interface MachineSpec {
  readonly id: string;
  readonly vcpus: number;
  readonly cpuTemplate: 'host' | 'baseline';
  readonly memoryBytes: number;
  readonly memoryPages: 'small' | 'transparent' | 'hugetlb';
  readonly balloon: boolean;
  readonly rng: boolean;
  readonly restart: 'never' | 'on-crash' | 'always';
  readonly kernel: string;
  readonly initrd?: string;
  readonly cmdline: string;
  /** In the order in which the guest finds them. */
  readonly disks: readonly DiskSpec[];
}

export interface DiskSpec {
  readonly id: string;
  readonly path: string;
  readonly readOnly: boolean;
}

/** What a machine does now. After `stopped` and `crashed` it has no monitor. */
export interface MachineReport {
  readonly id: string;
  readonly state: VmState;
  /** ISO 8601. */
  readonly since: string;
  /** Present in state `crashed`, and while it starts again after a crash. */
  readonly crash?: Crash;
  /** ISO 8601; its monitor starts it again then. */
  readonly restartAt?: string;
  /** ISO 8601; the guest was asked then to shut down, and has not done so in the time it had. */
  readonly shutdownIgnoredAt?: string;
  /** ISO 8601; its monitor runs and has not answered since. What it does is as it was last told. */
  readonly silentSince?: string;
}

export interface Adoption {
  /** Machines that have or had a monitor, each with what became of it. */
  readonly machines: readonly MachineReport[];
  /** Machines whose monitor runs and does not answer; what becomes of them comes as reports. */
  readonly silent: readonly string[];
  /** Monitors of machines this console does not know. */
  readonly strangers: readonly { readonly id: string; readonly pid: number }[];
}

/** One reader and writer of a console. Nothing arrives before `listen` was called. */
export interface ConsoleConnection {
  /** Names the monitor that counts the offsets; empty when nothing was ever printed. */
  readonly epoch: string;
  /** Whether a monitor is behind it; otherwise what is kept arrives, and then the end. */
  readonly live: boolean;
  listen(sink: ConsoleSink): void;
  /** For the guest. @returns false when `drained` should be awaited before more is written */
  write(bytes: Uint8Array): boolean;
  /** Stops reading; the host drops what the viewer cannot take and says so with `skipped`. */
  pause(): void;
  resume(): void;
  close(): void;
}

export interface ConsoleSink {
  /** The offset of the next byte. Comes first. */
  offset(offset: number): void;
  bytes(chunk: Uint8Array): void;
  /** `bytes` bytes were not kept for this reader; the next one is at `offset`. */
  skipped(bytes: number, offset: number): void;
  drained(): void;
  /** Nothing more comes. */
  ended(): void;
}
