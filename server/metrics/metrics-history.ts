import type { History, HistoryRange, HostSample, VmSample } from '../api/metrics';
import type { HostAgent } from '../host/agent';
import { type Log, messageOf } from '../log/log';
import type { Point } from './block-format';
import type { Block, BlockStore } from './block-store';
import { type Column, HOST_COLUMNS, VM_COLUMNS } from './columns';
import { RANGES, RESOLUTIONS, type Resolution } from './resolutions';
import { RollUp } from './roll-up';
import { SubjectHistory } from './subject-history';
import { HOST } from './subjects';

const FLUSH_MS = 60_000;

type Sources = Pick<HostAgent, 'onSample' | 'onHostSample'>;

/** Figures of machines and of the host over hours, days and months. */
export class MetricsHistory {
  private readonly subjects = new Map<
    string,
    SubjectHistory<VmSample> | SubjectHistory<HostSample>
  >();
  private readonly loading = new Map<string, Promise<unknown>>();
  private readonly stops: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** Blocks that could not be written, for the next try. */
  private owed: Block[] = [];
  private flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: BlockStore,
    private readonly sources: Sources,
    private readonly log: Log,
    private readonly now: () => number = Date.now,
  ) {}

  open(): void {
    this.stops.push(
      this.sources.onSample((id, sample) => this.add(id, VM_COLUMNS, sample)),
      this.sources.onHostSample((sample) => this.add(HOST, HOST_COLUMNS, sample)),
    );
    this.timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.timer.unref();
  }

  async read(subject: string, range: HistoryRange): Promise<History> {
    await this.flush();
    const { seconds, from: stepSeconds, step } = RANGES[range];
    const from = Math.floor(this.now() / 1000) - seconds;
    const { blockSeconds } = resolutionOf(stepSeconds);
    const points = await this.store.points(subject, stepSeconds, from, blockSeconds);
    return asHistory(subject === HOST ? HOST_COLUMNS : VM_COLUMNS, points, step);
  }

  /** Deletes what is older than its step is kept. */
  async prune(): Promise<void> {
    const now = Math.floor(this.now() / 1000);
    for (const { stepSeconds, keptSeconds, blockSeconds } of RESOLUTIONS) {
      await this.store.prune(stepSeconds, now - keptSeconds - blockSeconds);
    }
  }

  async forget(vmId: string): Promise<void> {
    this.subjects.delete(vmId);
    await this.flushing;
    await this.store.forget(vmId);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    for (const stop of this.stops) stop();
    for (const history of this.subjects.values()) history.end();
    await this.flush();
  }

  /** Writes what was gathered. What cannot be written now is tried again the next time. */
  flush(): Promise<void> {
    this.flushing = this.flushing.then(async () => {
      const blocks = [...this.owed];
      for (const history of this.subjects.values()) blocks.push(...history.takeUnwritten());
      this.owed = [];
      if (blocks.length === 0) return;
      try {
        await this.store.save(blocks);
      } catch (error) {
        this.owed = newestOfEach(blocks);
        this.log.error('figures could not be written', { cause: messageOf(error) });
      }
    });
    return this.flushing;
  }

  /** Once what an earlier console kept has been found. */
  async settled(): Promise<void> {
    await Promise.all(this.loading.values());
  }

  private add<S extends VmSample | HostSample>(
    subject: string,
    columns: readonly Column<S>[],
    sample: S,
  ): void {
    const seconds = Math.floor(Date.parse(sample.at) / 1000);
    const history = this.subjects.get(subject) as SubjectHistory<S> | undefined;
    if (history !== undefined) history.add(seconds, sample);
    // The few samples that come meanwhile are missed.
    else if (!this.loading.has(subject)) this.load(subject, columns, seconds);
  }

  /** Goes on with the blocks that an earlier console began. */
  private load<S extends VmSample | HostSample>(
    subject: string,
    columns: readonly Column<S>[],
    seconds: number,
  ): void {
    const loading = this.earlier(subject, seconds)
      .catch((error: unknown) => {
        this.log.error('earlier figures could not be read', { cause: messageOf(error) });
        return new Map<Resolution, Point[]>();
      })
      .then((earlier) => {
        const history = new SubjectHistory(subject, columns, (of) => earlier.get(of) ?? []);
        this.subjects.set(subject, history as SubjectHistory<VmSample>);
        this.loading.delete(subject);
      });
    this.loading.set(subject, loading);
  }

  private async earlier(subject: string, seconds: number): Promise<Map<Resolution, Point[]>> {
    const found = new Map<Resolution, Point[]>();
    for (const resolution of RESOLUTIONS) {
      const { stepSeconds, blockSeconds } = resolution;
      const start = Math.floor(seconds / blockSeconds) * blockSeconds;
      found.set(resolution, await this.store.points(subject, stepSeconds, start, 0));
    }
    return found;
  }
}

function resolutionOf(stepSeconds: number): Resolution {
  const found = RESOLUTIONS.find((resolution) => resolution.stepSeconds === stepSeconds);
  if (found === undefined) throw new RangeError(`no figures are kept in steps of ${stepSeconds} s`);
  return found;
}

/** Of two versions of a block, the later holds all that the earlier does. */
function newestOfEach(blocks: readonly Block[]): Block[] {
  const byKey = new Map(
    blocks.map((block) => [`${block.subject} ${block.stepSeconds} ${block.start}`, block]),
  );
  return [...byKey.values()];
}

/** Joins points into steps of `stepSeconds`, a column each. */
function asHistory(
  columns: readonly Pick<Column<never>, 'name' | 'kept'>[],
  points: readonly Point[],
  stepSeconds: number,
): History {
  const byColumn = columns.map(
    ({ name, kept }, index): Column<Point> => ({
      name,
      kept,
      of: ({ values }) => values[index] ?? null,
    }),
  );
  const rollUp = new RollUp(byColumn, stepSeconds);
  const joined: Point[] = [];
  for (const point of points) {
    const ended = rollUp.add(point.time, point);
    if (ended !== undefined) joined.push(ended);
  }
  const last = rollUp.take();
  if (last !== undefined) joined.push(last);
  return {
    stepSeconds,
    times: joined.map(({ time }) => time),
    columns: Object.fromEntries(
      columns.map(({ name }, index) => [name, joined.map(({ values }) => values[index] ?? null)]),
    ),
  };
}
