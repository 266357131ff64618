import { isMainThread, parentPort } from 'node:worker_threads';
import { VcpuThreads } from '../cpu/vcpu-threads';

/**
 * The one bundle of a monitor: the process, and the threads of its vCPUs. The first thread is
 * started before anything else is loaded, and each loads only what it needs: a start is waited for.
 */
if (isMainThread) {
  const threads = new VcpuThreads(__filename);
  void import('./monitor').then(({ startMonitor }) => startMonitor(threads, process.argv.slice(2)));
} else if (parentPort !== null) {
  const port = parentPort;
  void import('../cpu/vcpu-worker').then(({ serveVcpus }) => serveVcpus(port));
}
