import { type ResourceLimits, Worker } from 'node:worker_threads';
import {
  type RefusedScheduling,
  type SchedulingConfig,
  SchedulingError,
  schedulingOf,
  type ThreadScheduling,
} from './scheduling';
import type { VcpuEnd } from './vcpu-loop';
import type { VcpuAssignment, VcpuMessage, VcpuOrder } from './vcpu-worker';

/** A worker holds views and a few objects. Small heaps are collected before they grow. */
const LIMITS: ResourceLimits = {
  maxOldGenerationSizeMb: 16,
  maxYoungGenerationSizeMb: 1,
  codeRangeSizeMb: 8,
  stackSizeMb: 1,
};

/** Told of what happens in a vCPU's thread. */
export interface VcpuThreadEvents {
  onPaused(): void;
  onEnded(end: VcpuEnd): void;
}

/** A thread for vCPUs, one at a time; it survives a reset of the machine. */
export class VcpuThread {
  private readonly worker: Worker;
  private events: VcpuThreadEvents | undefined;
  private onScheduled: (refused: RefusedScheduling | undefined) => void = () => undefined;

  /** @param program the bundle that this process runs, which knows that its workers are vCPUs */
  constructor(program: string) {
    this.worker = new Worker(program, { resourceLimits: LIMITS });
    this.worker.on('message', (message: VcpuMessage) => {
      if (message.type === 'paused') this.events?.onPaused();
      else if (message.type === 'ended') this.events?.onEnded(message.end);
      else this.onScheduled(message.refused);
    });
  }

  run(assignment: VcpuAssignment, events: VcpuThreadEvents): void {
    this.events = events;
    this.order({ type: 'run', assignment });
  }

  /** While it runs nothing. @throws SchedulingError when the host refuses */
  async schedule(vcpu: number, scheduling: ThreadScheduling): Promise<void> {
    const refused = await new Promise<RefusedScheduling | undefined>((resolve) => {
      this.onScheduled = resolve;
      this.order({ type: 'schedule', scheduling });
    });
    if (refused !== undefined) throw new SchedulingError(vcpu, scheduling, refused);
  }

  private order(order: VcpuOrder): void {
    this.worker.postMessage(order);
  }
}

/**
 * The vCPU threads of this process. The first starts before there is a machine to run, for a thread
 * takes longer to start than a machine.
 */
export class VcpuThreads {
  private readonly threads: VcpuThread[];

  constructor(private readonly program: string) {
    this.threads = [new VcpuThread(program)];
  }

  /** The thread of vCPU `index`. */
  of(index: number): VcpuThread {
    while (this.threads.length <= index) this.threads.push(new VcpuThread(this.program));
    return this.threads[index] as VcpuThread;
  }

  /**
   * Before the vCPUs run: has each thread set its own nice value and affinity. The threads keep them
   * from boot to boot.
   * @throws SchedulingError for the first vCPU that the host refuses it
   */
  async schedule(vcpus: number, config: SchedulingConfig): Promise<void> {
    const threads = Array.from({ length: vcpus }, (_, index) => this.of(index));
    const done = await Promise.allSettled(
      threads.map((thread, index) => thread.schedule(index, schedulingOf(config, index))),
    );
    const refused = done.find((outcome) => outcome.status === 'rejected');
    if (refused !== undefined) throw refused.reason;
  }
}
