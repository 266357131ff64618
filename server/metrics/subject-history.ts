import type { Point } from './block-format';
import type { Block } from './block-store';
import type { Column } from './columns';
import { RESOLUTIONS, type Resolution } from './resolutions';
import { RollUp } from './roll-up';

interface Track<S> {
  readonly resolution: Resolution;
  readonly rollUp: RollUp<S>;
  /** The block that is being filled. */
  block: { start: number; points: Point[] } | undefined;
  /** Blocks with points that are not written yet, by their start. */
  readonly unwritten: Map<number, Point[]>;
}

/** What is gathered of one machine, or of the host, until it is written. */
export class SubjectHistory<S> {
  private readonly tracks: readonly Track<S>[];

  constructor(
    readonly subject: string,
    columns: readonly Column<S>[],
    /** Points of blocks that an earlier console began. */
    earlier: (resolution: Resolution) => readonly Point[] = () => [],
  ) {
    this.tracks = RESOLUTIONS.map((resolution) => {
      const points = [...earlier(resolution)];
      const last = points.at(-1);
      const block = last && { start: startOf(resolution, last.time), points };
      const rollUp = new RollUp(columns, resolution.stepSeconds);
      return { resolution, rollUp, block, unwritten: new Map() };
    });
  }

  add(seconds: number, sample: S): void {
    for (const track of this.tracks) {
      const point = track.rollUp.add(seconds, sample);
      if (point !== undefined) keep(track, point);
    }
  }

  /** Ends the points that are not whole yet: nothing more comes. */
  end(): void {
    for (const track of this.tracks) {
      const point = track.rollUp.take();
      if (point !== undefined) keep(track, point);
    }
  }

  /** What is to be written; it is taken to be written. */
  takeUnwritten(): Block[] {
    return this.tracks.flatMap(({ resolution, unwritten }) => {
      const { stepSeconds } = resolution;
      const blocks = [...unwritten].map(([start, points]) => ({
        subject: this.subject,
        stepSeconds,
        start,
        points,
      }));
      unwritten.clear();
      return blocks;
    });
  }
}

function keep<S>(track: Track<S>, point: Point): void {
  const start = startOf(track.resolution, point.time);
  if (track.block?.start !== start) track.block = { start, points: [] };
  const { points } = track.block;
  // A console that was restarted within a step begins that step again: the later part stands.
  if (points.at(-1)?.time === point.time) points.pop();
  points.push(point);
  track.unwritten.set(start, points);
}

function startOf({ blockSeconds }: Resolution, time: number): number {
  return Math.floor(time / blockSeconds) * blockSeconds;
}
