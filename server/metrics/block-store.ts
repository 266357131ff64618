import type { Database } from '../database/opened-database';
import { decodeBlock, encodeBlock, type Point } from './block-format';

/** A row of points of one subject: a machine's id, or `host`. */
export interface Block {
  readonly subject: string;
  readonly stepSeconds: number;
  /** Seconds since 1970. */
  readonly start: number;
  readonly points: readonly Point[];
}

/** Rows that are written or deleted with one statement: nobody waits long behind it. */
const BATCH = 50;

export class BlockStore {
  constructor(private readonly database: Database) {}

  /** Writes blocks over what was there of them. */
  async save(blocks: readonly Block[]): Promise<void> {
    for (let at = 0; at < blocks.length; at += BATCH) {
      await this.database.$transaction(
        blocks.slice(at, at + BATCH).map(({ subject, stepSeconds, start, points }) => {
          const key = { subject, stepSeconds, start: new Date(start * 1000) };
          const data = { points: encodeBlock(start, points) };
          return this.database.metricBlock.upsert({
            where: { subject_stepSeconds_start: key },
            create: { ...key, ...data },
            update: data,
          });
        }),
      );
    }
  }

  /** Points from a time on, oldest first. */
  async points(
    subject: string,
    stepSeconds: number,
    from: number,
    blockSeconds: number,
  ): Promise<Point[]> {
    const rows = await this.database.metricBlock.findMany({
      where: { subject, stepSeconds, start: { gte: new Date((from - blockSeconds) * 1000) } },
      orderBy: { start: 'asc' },
    });
    return rows
      .flatMap(({ start, points }) => decodeBlock(start.getTime() / 1000, points))
      .filter(({ time }) => time >= from);
  }

  /** Of one step, in small pieces. */
  async prune(stepSeconds: number, before: number): Promise<void> {
    const where = { stepSeconds, start: { lt: new Date(before * 1000) } };
    for (;;) {
      const rows = await this.database.metricBlock.findMany({
        where,
        select: { subject: true, start: true },
        take: BATCH,
      });
      if (rows.length === 0) return;
      await this.database.metricBlock.deleteMany({
        where: { stepSeconds, OR: rows.map(({ subject, start }) => ({ subject, start })) },
      });
    }
  }

  async forget(subject: string): Promise<void> {
    await this.database.metricBlock.deleteMany({ where: { subject } });
  }
}
