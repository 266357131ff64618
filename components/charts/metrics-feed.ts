import type { VmSample } from '@/server/api/metrics';
import { MetricsHistory } from './metrics-history';

/** An EventSource, as far as the feed needs it; tests bring their own. */
export interface SampleStream {
  close(): void;
}

export interface StreamEvents {
  /** Connected, or connected again: what happened before has to be fetched. */
  open(): void;
  sample(sample: VmSample): void;
  /** It is over and does not come back by itself. */
  lost(): void;
}

export interface MetricsSource {
  fetchHistory(signal: AbortSignal): Promise<readonly VmSample[]>;
  openStream(events: StreamEvents): SampleStream;
}

const REOPEN_MS = 5_000;

/** The last minutes of one machine, kept up to date while somebody looks. */
export class MetricsFeed {
  private readonly history = new MetricsHistory();
  private readonly listeners = new Set<() => void>();
  private stream: SampleStream | undefined;
  private fetching: AbortController | undefined;
  private reopenTimer: ReturnType<typeof setTimeout> | undefined;
  private fetched = false;

  constructor(private readonly source: MetricsSource) {}

  get samples(): readonly VmSample[] {
    return this.history.samples;
  }

  /** Whether the history was fetched: an empty one is then the truth. */
  get loaded(): boolean {
    return this.fetched;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  resume(): void {
    if (this.stream !== undefined) return;
    clearTimeout(this.reopenTimer);
    // The stream first and the history when it is open: no second falls between the two.
    this.stream = this.source.openStream({
      open: () => void this.fetch(),
      sample: (sample) => this.add([sample]),
      lost: () => {
        this.pause();
        this.reopenTimer = setTimeout(() => this.resume(), REOPEN_MS);
      },
    });
  }

  /** Nobody looks: the server need not send, and what is missed is fetched on return. */
  pause(): void {
    clearTimeout(this.reopenTimer);
    this.fetching?.abort();
    this.stream?.close();
    this.stream = undefined;
  }

  private async fetch(): Promise<void> {
    this.fetching?.abort();
    const abort = new AbortController();
    this.fetching = abort;
    try {
      const samples = await this.source.fetchHistory(abort.signal);
      if (abort.signal.aborted) return;
      const first = !this.fetched;
      this.fetched = true;
      if (!this.add(samples) && first) this.tell();
    } catch {
      // The stream goes on without its past; the next connection asks for it again.
    }
  }

  private add(samples: readonly VmSample[]): boolean {
    const fresh = this.history.add(samples);
    if (fresh) this.tell();
    return fresh;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
