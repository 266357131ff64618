import type { Cast, CastSize } from './cast';

/** Where a recording is shown. */
export interface CastScreen {
  clear(): void;
  write(output: string): void;
  resize(size: CastSize): void;
}

/** So often the place is told while it plays. */
const STEP_MS = 50;
export const SPEEDS = [0.5, 1, 2, 4, 8] as const;
export type Speed = (typeof SPEEDS)[number];

export interface PlayerState {
  readonly isPlaying: boolean;
  /** Seconds since the beginning. */
  readonly place: number;
  readonly speed: Speed;
}

/** Plays a recording: each event at its time, from any place, at any of some speeds. */
export class CastPlayer {
  private readonly listeners = new Set<() => void>();
  private current: PlayerState = { isPlaying: false, place: 0, speed: 1 };
  /** The first event that is not shown yet. */
  private next = 0;
  private timer: ReturnType<typeof setInterval> | undefined;
  private lastStep = 0;

  /** @param now milliseconds that only grow */
  constructor(
    private readonly cast: Cast,
    private readonly screen: CastScreen,
    private readonly now: () => number = () => performance.now(),
  ) {
    screen.resize(cast.size);
  }

  /** A new object for each change. */
  get state(): PlayerState {
    return this.current;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** From the beginning when it is at the end. */
  play(): void {
    if (this.current.isPlaying) return;
    if (this.current.place >= this.cast.duration) this.seek(0);
    this.lastStep = this.now();
    this.timer = setInterval(() => this.step(), STEP_MS);
    this.change({ isPlaying: true });
  }

  pause(): void {
    clearInterval(this.timer);
    this.change({ isPlaying: false });
  }

  toggle(): void {
    if (this.current.isPlaying) this.pause();
    else this.play();
  }

  setSpeed(speed: Speed): void {
    this.change({ speed });
  }

  /** A screen has no way back: an earlier place is shown by all that led to it. */
  seek(place: number): void {
    const wanted = Math.min(this.cast.duration, Math.max(0, place));
    if (wanted < this.current.place) {
      this.screen.clear();
      this.screen.resize(this.cast.size);
      this.next = 0;
    }
    this.showUntil(wanted);
    this.change({ place: wanted });
  }

  close(): void {
    clearInterval(this.timer);
    this.listeners.clear();
  }

  private step(): void {
    const now = this.now();
    const passed = ((now - this.lastStep) / 1000) * this.current.speed;
    this.lastStep = now;
    const place = Math.min(this.cast.duration, this.current.place + passed);
    this.showUntil(place);
    if (place < this.cast.duration) {
      this.change({ place });
      return;
    }
    clearInterval(this.timer);
    this.change({ place, isPlaying: false });
  }

  private showUntil(place: number): void {
    let output = '';
    for (; this.next < this.cast.events.length; this.next += 1) {
      const event = this.cast.events[this.next];
      if (event === undefined || event.at > place) break;
      output += event.output ?? '';
      if (event.size !== undefined) {
        this.screen.write(output);
        output = '';
        this.screen.resize(event.size);
      }
    }
    if (output !== '') this.screen.write(output);
  }

  private change(parts: Partial<PlayerState>): void {
    this.current = { ...this.current, ...parts };
    for (const listener of this.listeners) listener();
  }
}
