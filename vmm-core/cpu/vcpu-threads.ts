import { Worker } from 'node:worker_threads';
import { WORKER_LIMITS, type WorkerRole } from '../machine/worker-roles';
import type { VcpuAssignment, VcpuMessage } from './vcpu-worker';

/** Told of what happens in a vCPU's thread. */
export interface VcpuThreadEvents {
  onPaused(): void;
  onEnded(end: Extract<VcpuMessage, { type: 'ended' }>['end']): void;
}

/** A thread for vCPUs, one at a time; it survives a reset of the machine. */
export class VcpuThread {
  private readonly worker: Worker;
  private events: VcpuThreadEvents | undefined;

  /** @param program the bundle that this process runs: workers are roles of the same file */
  constructor(program: string) {
    const role: WorkerRole = { role: 'vcpu' };
    this.worker = new Worker(program, { workerData: role, resourceLimits: WORKER_LIMITS });
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
