import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { MachineConfig } from '../../../vmm-core/machine/config';
import { MonitorClient } from '../../../vmm-core/monitor/client';
import { type LaunchedMonitor, launchMonitor } from '../../../vmm-core/monitor/launch';
import { RUN_FILES } from '../../../vmm-core/monitor/protocol';
import { guest } from '../../guests/assemble';
import { BenchError } from './bench';
import type { Cleanup } from './cleanup';

const ROOT = path.join(import.meta.dirname, '../../..');
const BUNDLE = path.join(ROOT, 'dist/monitor.cjs');

/** Builds the monitor as it is shipped: the benches measure the bundle, not the sources. */
export function buildMonitor(): void {
  const build = spawnSync(process.execPath, ['scripts/build.mjs', '--only', 'monitor'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (build.status !== 0) {
    throw new BenchError(`the monitor's bundle could not be built: ${build.stderr}`);
  }
}

export interface BenchMonitor {
  readonly launched: LaunchedMonitor;
  readonly client: MonitorClient;
  readonly pid: number;
  /** Ends the process and removes its run directory. */
  end(): Promise<void>;
}

/** A monitor that waits for its configuration, as the console starts them. */
export async function startMonitor(cleanup: Cleanup): Promise<BenchMonitor> {
  const runDir = cleanup.directory();
  const launched = await launchMonitor(BUNDLE, runDir);
  cleanup.own(launched.process);
  const { pid } = launched.process;
  if (pid === undefined) throw new BenchError('the monitor has no process');
  return {
    launched,
    client: new MonitorClient(path.join(runDir, RUN_FILES.socket)),
    pid,
    end: async () => {
      await cleanup.end(launched.process);
      cleanup.remove(runDir);
    },
  };
}

/** One vCPU and a payload of ours. */
export function payloadConfig(payload: string, memoryMiB: number): MachineConfig {
  return {
    id: 'bench',
    vcpus: 1,
    memoryBytes: memoryMiB * 1024 * 1024,
    boot: { kernel: guest(payload), cmdline: '' },
    debugExit: true,
  };
}
