import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { VcpuEnd } from './vcpu-loop';
import type { VcpuAssignment, VcpuMessage } from './vcpu-worker';

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

  /** @param program the bundle that this process runs, which knows that its workers are vCPUs */
  constructor(program: string) {
    this.worker = new Worker(program, { resourceLimits: LIMITS });
    this.worker.on('message', (message: VcpuMessage) => {
      if (message.type === 'paused') this.events?.onPaused();
      else this.events?.onEnded(message.end);
    });
  }

  run(assignment: VcpuAssignment, events: VcpuThreadEvents): void {
    this.events = events;
    this.worker.postMessage(assignment);
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
}
