import type { FleetFigures, VmFigures } from '@/server/api/metrics';
import { API } from '../api/client';

/** As many as the first message brings. */
const KEPT = 45;
const SMOOTHED = 5;
/** After an answer that was no stream, as of a proxy whose console is away. */
const REOPEN_MS = 5_000;
/** Subscribes to every change. */
export const ALL = '*';
const NONE: readonly VmFigures[] = [];

/**
 * Processor and memory of all machines that run, by one stream, while somebody looks. Each reader
 * is told of its own machine alone.
 */
export class FleetFeed {
  private readonly machines = new Map<string, readonly VmFigures[]>();
  private readonly listeners = new Map<string, Set<() => void>>();
  private stream: { close(): void } | undefined;
  private reopenTimer: ReturnType<typeof setTimeout> | undefined;
  private byLoad: readonly string[] = [];

  /** @param open a stream of messages, the first of which goes back some minutes */
  constructor(
    private readonly open: (
      onFigures: (message: FleetFigures) => void,
      onLost: () => void,
    ) => { close(): void },
  ) {}

  /** Oldest first; the same array until there is something new. */
  figures(id: string): readonly VmFigures[] {
    return this.machines.get(id) ?? NONE;
  }

  /** The ids of all machines, the busiest first; the same array until there is something new. */
  get busiest(): readonly string[] {
    return this.byLoad;
  }

  /** @param id of a machine, or `ALL` */
  subscribe(id: string, listener: () => void): () => void {
    const listeners = this.listeners.get(id) ?? new Set();
    listeners.add(listener);
    this.listeners.set(id, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.listeners.delete(id);
    };
  }

  resume(): void {
    if (this.stream !== undefined) return;
    let isFirst = true;
    clearTimeout(this.reopenTimer);
    this.stream = this.open(
      (message) => {
        // The first message of a connection knows the past; what was gathered before has holes.
        this.take(message, isFirst);
        isFirst = false;
      },
      () => {
        this.pause();
        this.reopenTimer = setTimeout(() => this.resume(), REOPEN_MS);
      },
    );
  }

  pause(): void {
    clearTimeout(this.reopenTimer);
    this.stream?.close();
    this.stream = undefined;
  }

  private take({ machines }: FleetFigures, anew: boolean): void {
    const gone = [...this.machines.keys()].filter((id) => !(id in machines));
    for (const id of gone) this.machines.delete(id);
    for (const [id, figures] of Object.entries(machines)) {
      const kept = anew ? figures : [...this.figures(id), ...figures];
      this.machines.set(id, kept.slice(-KEPT));
    }
    this.byLoad = [...this.machines.keys()].toSorted((a, b) => this.load(b) - this.load(a));
    for (const id of [...gone, ...Object.keys(machines), ALL]) {
      for (const listener of this.listeners.get(id) ?? []) listener();
    }
  }

  /** Of its last seconds, so that the order does not change with every blink. */
  private load(id: string): number {
    return this.figures(id)
      .slice(-SMOOTHED)
      .reduce((sum, { cpu }) => sum + cpu, 0);
  }
}

/** By the browser's own EventSource, which connects again by itself where the line only broke. */
export function fleetFeed(): FleetFeed {
  return new FleetFeed((onFigures, onLost) => {
    const stream = new EventSource(`${API}/metrics/stream`);
    stream.addEventListener('figures', ({ data }: MessageEvent<string>) => {
      onFigures(JSON.parse(data) as FleetFigures);
    });
    stream.onerror = () => {
      if (stream.readyState === EventSource.CLOSED) onLost();
    };
    return stream;
  });
}
