import { Worker } from 'node:worker_threads';
import { VcpuThread } from '../cpu/vcpu-threads';
import type { DeviceAssignment, DeviceMessage } from '../devices/device-worker';
import { EventFd } from '../sys/files';
import { WORKER_LIMITS, type WorkerRole } from './worker-roles';

/**
 * The threads of this process. They start before there is a machine to run, for a thread takes
 * longer to start than a machine, and serve one machine after the other.
 */
export class Threads {
  readonly doorbell = EventFd.create();
  private readonly devices: Worker;
  private readonly vcpus: VcpuThread[];
  private onDeviceMessage: (message: DeviceMessage) => void = () => undefined;

  /** @param program the bundle that this process runs */
  constructor(private readonly program: string) {
    const role: WorkerRole = { role: 'devices', doorbellFd: this.doorbell.fd };
    this.vcpus = [new VcpuThread(program)];
    this.devices = new Worker(program, { workerData: role, resourceLimits: WORKER_LIMITS });
    this.devices.on('message', (message: DeviceMessage) => this.onDeviceMessage(message));
  }

  serveDevices(assignment: DeviceAssignment, onMessage: (message: DeviceMessage) => void): void {
    this.onDeviceMessage = onMessage;
    this.devices.postMessage(assignment);
    this.doorbell.signal();
  }

  /** The thread of vCPU `index`. */
  vcpu(index: number): VcpuThread {
    while (this.vcpus.length <= index) this.vcpus.push(new VcpuThread(this.program));
    return this.vcpus[index] as VcpuThread;
  }
}
