import { HostRefusal } from '../sys/host-refusal';
import { SysError } from '../sys/sys-error';
import { setThreadAffinity, setThreadNice } from '../sys/threads';

/** How the host shall run the vCPUs of a machine. */
export interface SchedulingConfig {
  /** Nice value of every vCPU's thread, -20 to 19. */
  readonly nice?: number;
  /** For each vCPU the numbers of the host's processors that it may run on. */
  readonly affinity?: readonly (readonly number[])[];
}

/** The same for one vCPU's thread. */
export interface ThreadScheduling {
  readonly nice?: number;
  readonly cpus?: readonly number[];
}

/** What the host refused a thread. It crosses threads. */
export interface RefusedScheduling {
  readonly what: keyof ThreadScheduling;
  /** Name of the errno. */
  readonly code: string;
}

export function schedulingOf(config: SchedulingConfig, vcpu: number): ThreadScheduling {
  const cpus = config.affinity?.[vcpu];
  return {
    ...(config.nice === undefined ? {} : { nice: config.nice }),
    ...(cpus === undefined ? {} : { cpus }),
  };
}

/** Applies it to the calling thread. @returns what the host refused, if it did */
export function scheduleThisThread({
  nice,
  cpus,
}: ThreadScheduling): RefusedScheduling | undefined {
  return (
    (cpus && refused('cpus', () => setThreadAffinity(cpus))) ??
    (nice === undefined ? undefined : refused('nice', () => setThreadNice(nice)))
  );
}

function refused(what: keyof ThreadScheduling, apply: () => void): RefusedScheduling | undefined {
  try {
    apply();
    return undefined;
  } catch (error) {
    if (error instanceof SysError) return { what, code: error.code };
    throw error;
  }
}

/** A machine that cannot be run the way its configuration wants. */
export class SchedulingError extends HostRefusal {
  constructor(vcpu: number, wanted: ThreadScheduling, { what, code }: RefusedScheduling) {
    super(
      'cannot-schedule',
      what === 'nice'
        ? `scheduling.nice: the host does not let vCPU ${vcpu} run at ${wanted.nice} (${code})`
        : `scheduling.affinity: the host does not let vCPU ${vcpu} run on ${wanted.cpus?.join(', ')} (${code})`,
      what === 'nice'
        ? 'Give a higher number, or allow it to the user of the monitor: LimitNICE= of its service, or CAP_SYS_NICE.'
        : "Give processors that are online and in the monitor's control group (cpuset).",
    );
  }
}
