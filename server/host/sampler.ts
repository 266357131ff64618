import type { MonitorMetrics } from '../../vmm-core/monitor/protocol';
import type { VmSample } from '../api/metrics';
import { sampleBetween } from './metrics-rates';

export const SAMPLE_STEP_MS = 1000;
/** Ten minutes. */
export const KEPT_SAMPLES = 600;

/** Reads one monitor's counters each second and keeps the last ten minutes. */
export class Sampler {
  readonly samples: VmSample[] = [];
  private before: MonitorMetrics | undefined;
  private answeredAt = Date.now();
  private isSilent = false;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly read: () => Promise<MonitorMetrics>,
    private readonly onSample: (sample: VmSample) => void,
    /** Told when the monitor answers no more, and with null when it does again. */
    private readonly onSilence: (since: Date | null) => void,
    private readonly silentMs: number,
  ) {}

  start(): void {
    this.answeredAt = Date.now();
    this.plan(0);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private plan(delayMs: number): void {
    this.timer = setTimeout(() => void this.take(), delayMs);
    this.timer.unref();
  }

  private async take(): Promise<void> {
    const begun = Date.now();
    try {
      const now = await this.read();
      if (this.stopped) return;
      this.answered();
      if (this.before !== undefined) this.keep(sampleBetween(this.before, now));
      this.before = now;
    } catch {
      // A monitor that is busy misses a second; the next rates span the gap.
      if (!this.stopped) this.unanswered();
    }
    if (!this.stopped) this.plan(Math.max(0, SAMPLE_STEP_MS - (Date.now() - begun)));
  }

  private answered(): void {
    this.answeredAt = Date.now();
    if (!this.isSilent) return;
    this.isSilent = false;
    this.onSilence(null);
  }

  private unanswered(): void {
    if (this.isSilent || Date.now() - this.answeredAt < this.silentMs) return;
    this.isSilent = true;
    this.onSilence(new Date(this.answeredAt));
  }

  private keep(sample: VmSample): void {
    this.samples.push(sample);
    if (this.samples.length > KEPT_SAMPLES) this.samples.shift();
    this.onSample(sample);
  }
}
