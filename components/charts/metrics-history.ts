import type { VmSample } from '@/server/api/metrics';

/** As much as the server keeps at one-second steps. */
export const HISTORY_MS = 10 * 60 * 1000;

/** The samples of one machine, oldest first, each once, no older than the server keeps them. */
export class MetricsHistory {
  private kept: readonly VmSample[] = [];
  private newest = Number.NEGATIVE_INFINITY;

  /** A new array for each change, so that a view can tell by identity. */
  get samples(): readonly VmSample[] {
    return this.kept;
  }

  get latest(): VmSample | undefined {
    return this.kept.at(-1);
  }

  /** @returns whether anything is new */
  add(samples: readonly VmSample[]): boolean {
    const merged = this.isNext(samples) ? [...this.kept, ...samples] : this.merge(samples);
    if (merged.length === this.kept.length && merged.every((s, i) => s === this.kept[i])) {
      return false;
    }
    this.newest = timeOf(merged.at(-1));
    const oldest = this.newest - HISTORY_MS;
    const first = merged.findIndex((sample) => timeOf(sample) >= oldest);
    this.kept = first > 0 ? merged.slice(first) : merged;
    return true;
  }

  /** The ordinary case, once a second: one sample that is younger than all. */
  private isNext(samples: readonly VmSample[]): boolean {
    return samples.length === 1 && timeOf(samples[0]) > this.newest;
  }

  private merge(samples: readonly VmSample[]): readonly VmSample[] {
    const known = new Set(this.kept.map((sample) => sample.at));
    const fresh = samples.filter((sample) => !known.has(sample.at));
    if (fresh.length === 0) return this.kept;
    return [...this.kept, ...fresh].sort((a, b) => timeOf(a) - timeOf(b));
  }
}

function timeOf(sample: VmSample | undefined): number {
  return sample === undefined ? Number.NEGATIVE_INFINITY : Date.parse(sample.at);
}
