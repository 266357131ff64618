import type { VmSample } from '../api/metrics';
import type { MachineReport } from './agent';
import type { MonitorProcess } from './monitor-process';
import { Sampler } from './sampler';

/** A machine and its monitor, as the local agent keeps them while there is one. */
export class MachineMonitor {
  readonly sampler: Sampler;
  /** The start itself deals with a monitor that dies in this phase; in the last one, who ends it. */
  phase: 'starting' | 'up' | 'ending' = 'starting';
  /** What was reported last, so that a repeated status is not reported again. */
  reported: MachineReport | undefined;

  constructor(
    readonly id: string,
    readonly monitor: MonitorProcess,
    onSample: (id: string, sample: VmSample) => void,
  ) {
    this.sampler = new Sampler(
      () => monitor.client.metrics(),
      (sample) => onSample(id, sample),
    );
  }
}
