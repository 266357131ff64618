import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { probeHost } from '../cpu/quirks/probe';
import type { VcpuThreads } from '../cpu/vcpu-threads';
import { DeviceHost } from '../devices/device-host';
import { Kvm } from '../kvm/kvm';
import { createConsoleRing } from '../machine/console-file';
import { mapConsoleRing } from '../machine/console-ring';
import { exitNow, installKickHandler } from '../sys/threads';
import { ControlServer } from './control-server';
import { Lifecycle } from './lifecycle';
import { readStartTicks } from './process-identity';
import { LIFELINE_FD, PROTOCOL_VERSION, READY, RUN_FILES, type RunRecord } from './protocol';
import { rehearseRequests } from './rehearsal';

const USAGE = 'usage: monitor --run-dir DIRECTORY';
const EXIT_USAGE = 64;
/** A monitor that is not configured by then was started to wait. */
const REHEARSE_AFTER_MS = 100;

/**
 * Starts the monitor of one machine in this process.
 * @param program the bundle that runs here, for more threads
 */
export function startMonitor(threads: VcpuThreads, program: string, args: readonly string[]): void {
  const runDir = args[0] === '--run-dir' ? args[1] : undefined;
  if (runDir === undefined) {
    process.stderr.write(`${USAGE}\n`);
    process.exit(EXIT_USAGE);
  }
  // Whoever may enter the run directory controls the machine.
  process.umask(0o077);
  installKickHandler();

  const ring = path.join(runDir, RUN_FILES.console);
  createConsoleRing(ring);
  const console = { address: mapConsoleRing(ring), signal: new SharedArrayBuffer(4) };
  const kvm = Kvm.open();
  const quirks = probeHost(kvm);

  const record = (machineId?: string): void => writeRecord(runDir, machineId);
  let configured = false;
  let server: ControlServer | undefined;
  const lifecycle = new Lifecycle(
    { runDir, kvm, quirks, threads, program, devices: new DeviceHost(), console },
    (status) => {
      if (!configured && status.config !== undefined) {
        configured = true;
        record(status.config.id);
      }
      server?.announce(status);
    },
  );
  server = new ControlServer(lifecycle, console);
  record();
  const socket = path.join(runDir, RUN_FILES.socket);
  server.listen(socket, () => {
    keepLifeline(() => configured);
    setTimeout(() => {
      if (configured) return;
      lifecycle.rehearse().then(
        () => rehearseRequests(socket),
        (error: unknown) => process.stderr.write(`the rehearsal failed: ${String(error)}\n`),
      );
    }, REHEARSE_AFTER_MS);
  });
}

/** Written whole and renamed, so that a reader never sees half a record. */
function writeRecord(runDir: string, machineId?: string): void {
  const record: RunRecord = {
    protocol: PROTOCOL_VERSION,
    pid: process.pid,
    startTicks: readStartTicks(process.pid) ?? 0,
    ...(machineId === undefined ? {} : { machineId }),
  };
  const file = path.join(runDir, RUN_FILES.record);
  fs.writeFileSync(`${file}.new`, JSON.stringify(record));
  fs.renameSync(`${file}.new`, file);
}

/**
 * The lifeline is a socket to whoever started us, if there is one. It hears that we are ready; when
 * it goes while no machine was configured, nobody will ever want this process.
 */
function keepLifeline(isConfigured: () => boolean): void {
  if (!isSocket(LIFELINE_FD)) return;
  const lifeline = new net.Socket({ fd: LIFELINE_FD, readable: true, writable: true });
  const orphaned = (): void => {
    if (!isConfigured()) exitNow(0);
  };
  lifeline.on('end', orphaned).on('error', orphaned).resume();
  lifeline.unref();
  lifeline.write(READY);
}

function isSocket(fd: number): boolean {
  try {
    return fs.fstatSync(fd).isSocket();
  } catch {
    return false;
  }
}
