import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { VcpuThreads } from '../cpu/vcpu-threads';

/**
 * The code of a monitor: the process, the threads of its vCPUs, and those of disks where the host
 * has no io_uring. The first thread is started before anything else is loaded, and each loads only
 * what it needs: a start is waited for. `__filename` is the loader's, which runs it in every thread.
 */
if (isMainThread) {
  const threads = new VcpuThreads(__filename);
  void import('./monitor').then(({ startMonitor }) =>
    startMonitor(threads, __filename, process.argv.slice(2)),
  );
} else if (workerData?.kind === 'disk') {
  const data = workerData;
  void import('../storage/thread-disk-worker').then(({ serveDisk }) => serveDisk(data));
} else if (parentPort !== null) {
  const port = parentPort;
  void import('../cpu/vcpu-worker').then(({ serveVcpus }) => serveVcpus(port));
}
