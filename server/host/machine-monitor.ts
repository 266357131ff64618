import type { VmSample } from '../api/metrics';
import type { MachineReport } from './agent';
import type { MonitorProcess } from './monitor-process';
import { Sampler } from './sampler';

/** So many times what an answer may take: it does not just have much to do. */
const SILENT_AFTER = 2;

/** A machine and its monitor, as the local agent keeps them while there is one. */
export class MachineMonitor {
  readonly sampler: Sampler;
  /**
   * The start itself deals with a monitor that dies while it is `starting`, and who ends it while it
   * is `ending`. One that was found running and has not answered yet is `silent`.
   */
  phase: 'starting' | 'silent' | 'up' | 'ending' = 'starting';
  /** What was reported last, so that a repeated status is not reported again. */
  reported: MachineReport | undefined;

  constructor(
    readonly id: string,
    readonly monitor: MonitorProcess,
    onSample: (id: string, sample: VmSample) => void,
    onSilence: (machine: MachineMonitor, since: Date | null) => void,
  ) {
    this.sampler = new Sampler(
      () => monitor.client.metrics(),
      (sample) => onSample(id, sample),
      (since) => onSilence(this, since),
      SILENT_AFTER * monitor.patienceMs,
    );
  }

  /** Whether a monitor runs that nobody is ending. */
  get isLive(): boolean {
    return this.phase === 'up' || this.phase === 'silent';
  }
}
