import type { KvmStats } from '../kvm/binary-stats';
import type { MachineConfig } from '../machine/config';

/**
 * The control API of a monitor: HTTP and JSON over a Unix socket in its run directory.
 *
 *   GET  /v1/machine           MachineStatus
 *   PUT  /v1/machine/config    MachineConfig -> 204; only before the first start
 *   POST /v1/machine/start     -> MachineStatus (also from `stopped`)
 *   POST /v1/machine/pause     -> MachineStatus
 *   POST /v1/machine/resume    -> MachineStatus
 *   POST /v1/machine/reset     -> MachineStatus; a new boot in the same process
 *   POST /v1/machine/shutdown  -> MachineStatus; presses the power button, state `stopping` until
 *                              the guest powers off; {"timeoutMs"} later it is `running` again
 *   POST /v1/machine/stop      -> MachineStatus; pulls the plug
 *   POST /v1/machine/devices   {"name", fields to change} -> 204; a nic takes "linkUp", a disk
 *                              "resized", a balloon "targetBytes" and "statsIntervalSeconds"
 *   POST /v1/quit              -> 202; ends the process; refused while a machine runs
 *   GET  /v1/metrics           MonitorMetrics
 *   GET  /v1/events            MachineStatus as JSON lines, the present one first
 *   GET  /v1/console/log       what is kept of the console's output, as bytes
 *   POST /v1/console/input     bytes for the guest
 *   GET  /v1/console?offset=N  with `Upgrade: virtdeck-console`: frames of console-frames.ts
 *
 * Errors are MonitorProblem with a 4xx or 5xx status.
 */

/** Bumped when a console of another version could misread an answer. */
export const PROTOCOL_VERSION = 1;

/** The words of the whole project; a monitor itself is never `stopped` and gone. */
export type MachineState = 'stopped' | 'starting' | 'running' | 'paused' | 'stopping' | 'crashed';

export interface MachineStatus {
  readonly protocol: number;
  readonly pid: number;
  readonly state: MachineState;
  /** ISO 8601; when the state was entered. */
  readonly since: string;
  /** Boots of this process; a reset counts one more. */
  readonly boots: number;
  /** Absent until the monitor is configured. */
  readonly config?: MachineConfig;
  /** Why the machine last left `running` by the guest's own doing. */
  readonly ended?: GuestEnd;
  /** Present in state `crashed`. */
  readonly crash?: CrashReport;
  /** ISO 8601; when the restart policy boots the machine again. */
  readonly restartAt?: string;
  /** ISO 8601; the guest was asked to shut down then and has not done so in the time it had. */
  readonly shutdownIgnoredAt?: string;
  /** Quirks of this host's KVM that are switched on, by name; empty on an ordinary host. */
  readonly quirks: readonly string[];
}

/** The guest ended its own run in an orderly way. */
export interface GuestEnd {
  readonly kind: 'reset' | 'poweroff' | 'debug-exit';
  /** The value written to the debug-exit port. */
  readonly code?: number;
}

export type CrashReason =
  | 'guest-panic'
  | 'triple-fault'
  | 'emulation-failure'
  | 'entry-failure'
  | 'internal-error'
  | 'unknown-exit'
  | 'kvm-error'
  | 'boot-failure'
  | 'monitor-failure'
  | 'monitor-killed';

export interface CrashReport {
  readonly reason: CrashReason;
  /** One sentence for a person. */
  readonly message: string;
  /** What the person may do next. */
  readonly hint: string;
  /** ISO 8601. */
  readonly at: string;
  readonly vcpu?: number;
  /** Register name to hexadecimal value, `0x` first. */
  readonly registers?: Readonly<Record<string, string>>;
  /** Up to 16 bytes at the instruction pointer, hexadecimal; absent when RIP maps to no RAM. */
  readonly instructionBytes?: string;
  /** The last lines of the console, oldest first. */
  readonly lastLines: readonly string[];
}

export interface VcpuMetrics {
  readonly index: number;
  /** Time on a core and time waiting for one since the thread began, from schedstat. */
  readonly runNs: number;
  readonly waitNs: number;
  /** Time halted since the machine booted, without the halt it may be in now. */
  readonly haltNs?: number;
  /** Exits to the monitor by reason, since the monitor started. */
  readonly exits: Readonly<Record<string, number>>;
  /** KVM's own figures since the machine booted; absent without a machine, and on old kernels. */
  readonly stats?: KvmStats;
}

export interface DeviceMetrics {
  readonly name: string;
  /** Whether a driver of the guest's uses it. */
  readonly active: boolean;
  /** How often the driver broke a rule, and how it did last. */
  readonly faults: number;
  readonly lastFault?: string;
  /** Totals by name, since the machine was started. */
  readonly counters: Readonly<Record<string, number>>;
}

export interface MonitorMetrics {
  /** ISO 8601. */
  readonly at: string;
  /** Of the monitor's monotonic clock. */
  readonly monotonicNs: number;
  readonly boots: number;
  readonly vcpus: readonly VcpuMetrics[];
  /** The same of the whole VM. */
  readonly stats?: KvmStats;
  readonly memory: {
    readonly sizeBytes: number;
    /** Guest pages that have a page of the host behind them. */
    readonly residentBytes: number;
  };
  readonly monitor: {
    /** CPU time of the whole process, vCPUs included. */
    readonly cpuNs: number;
    readonly residentBytes: number;
  };
  readonly console: { readonly outputBytes: number; readonly inputBytes: number };
  readonly devices: readonly DeviceMetrics[];
  /** Host quirk name to how often it was served. */
  readonly quirks: Readonly<Record<string, number>>;
}

/** RFC 9457, with what a person can do about it. */
export interface MonitorProblem {
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly hint: string;
  readonly field?: string;
}

/** In the run directory; how a console that was restarted finds its monitors again. */
export interface RunRecord {
  readonly protocol: number;
  readonly pid: number;
  /** Field 22 of /proc/<pid>/stat: tells the process from a later one with the same pid. */
  readonly startTicks: number;
  /** Absent while the monitor waits unconfigured. */
  readonly machineId?: string;
}

/** File names inside a run directory. */
export const RUN_FILES = {
  record: 'monitor.json',
  socket: 'control.sock',
  console: 'console.ring',
  crash: 'crash.json',
  log: 'monitor.log',
} as const;

/** The descriptor of the socket between a monitor and who started it. */
export const LIFELINE_FD = 3;
/** What a monitor says on it once its control socket listens. */
export const READY = 'ready\n';
