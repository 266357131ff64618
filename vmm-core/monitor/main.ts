import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { serveVcpus } from '../cpu/vcpu-worker';
import { serveDevices } from '../devices/device-worker';
import type { WorkerRole } from '../machine/worker-roles';
import { startMonitor } from './monitor';

/** The one bundle of a monitor: the process, and every role of its threads. */
if (isMainThread) {
  startMonitor(__filename, process.argv.slice(2));
} else if (parentPort !== null) {
  const role = workerData as WorkerRole;
  if (role.role === 'vcpu') serveVcpus(parentPort);
  else serveDevices(parentPort, role.doorbellFd);
}
