import { isMainThread, parentPort } from 'node:worker_threads';
import { serveVcpus } from '../cpu/vcpu-worker';
import { startMonitor } from './monitor';

/** The one bundle of a monitor: the process, and the threads of its vCPUs. */
if (isMainThread) startMonitor(__filename, process.argv.slice(2));
else if (parentPort !== null) serveVcpus(parentPort);
