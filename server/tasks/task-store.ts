import { Prisma, type Task as TaskRow } from '../../prisma/generated/client';
import { problemSchema } from '../api/problem';
import { type Task, type TaskLogPage, type TaskQuery, taskStateSchema } from '../api/tasks';
import { UNFINISHED_TASK_STATES } from '../api/unfinished-tasks';
import type { Database } from '../database/opened-database';
import { decodeCursor, encodeCursor } from '../database/row-cursor';

export type JsonObject = { readonly [key: string]: Prisma.InputJsonValue | null };

/** What a task was asked to do, and how often it was begun. */
export interface TaskOrigin {
  readonly attempts: number;
  readonly params: JsonObject;
}

export interface StoredTask extends TaskOrigin {
  readonly task: Task;
}

export interface LogLine {
  readonly seq: number;
  readonly at: Date;
  readonly text: string;
}

/** So that no statement holds the database for long. */
const PRUNE_BATCH = 100;

export class TaskStore {
  constructor(private readonly database: Database) {}

  async insert(task: Task, origin: TaskOrigin): Promise<void> {
    await this.database.task.create({
      data: {
        id: task.id,
        kind: task.kind,
        resourceKind: task.resource.kind,
        resourceId: task.resource.id,
        resourceName: task.resource.name,
        userId: task.user?.id ?? '',
        userName: task.user?.name ?? '',
        createdAt: new Date(task.createdAt),
        params: { ...origin },
        ...changing(task),
      },
    });
  }

  async save(task: Task): Promise<void> {
    await this.database.task.updateMany({ where: { id: task.id }, data: changing(task) });
  }

  async setOrigin(id: string, origin: TaskOrigin): Promise<void> {
    await this.database.task.updateMany({ where: { id }, data: { params: { ...origin } } });
  }

  async find(id: string): Promise<Task | undefined> {
    const row = await this.database.task.findUnique({ where: { id } });
    return row === null ? undefined : fromRow(row);
  }

  async findAll(ids: readonly string[]): Promise<Task[]> {
    if (ids.length === 0) return [];
    return (await this.database.task.findMany({ where: { id: { in: [...ids] } } })).map(fromRow);
  }

  /** Those the last console did not bring to their end, oldest first. */
  async unfinished(): Promise<StoredTask[]> {
    const rows = await this.database.task.findMany({
      where: { state: { in: [...UNFINISHED_TASK_STATES] } },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    return rows.map((row) => ({ task: fromRow(row), ...originOf(row.params) }));
  }

  /** @throws ProblemError 422 for a cursor that is none */
  async page(query: TaskQuery): Promise<{ items: Task[]; nextCursor: string | null }> {
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
    const rows = await this.database.task.findMany({
      where: {
        ...(query.state === undefined ? {} : { state: { in: query.state } }),
        ...(query.kind === undefined ? {} : { kind: query.kind }),
        ...(query.resourceKind === undefined ? {} : { resourceKind: query.resourceKind }),
        ...(query.resourceId === undefined ? {} : { resourceId: query.resourceId }),
        ...(query.userId === undefined ? {} : { userId: query.userId }),
        ...(after === undefined
          ? {}
          : {
              OR: [
                { createdAt: { lt: after.createdAt } },
                { createdAt: after.createdAt, id: { lt: after.id } },
              ],
            }),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: query.limit + 1,
    });
    const items = rows.slice(0, query.limit);
    const last = items.at(-1);
    const more = rows.length > items.length && last !== undefined;
    return { items: items.map(fromRow), nextCursor: more ? encodeCursor(last) : null };
  }

  async appendLines(taskId: string, lines: readonly LogLine[]): Promise<void> {
    await this.database.taskLine.createMany({ data: lines.map((line) => ({ taskId, ...line })) });
  }

  async dropLinesBefore(taskId: string, seq: number): Promise<void> {
    await this.database.taskLine.deleteMany({ where: { taskId, seq: { lt: seq } } });
  }

  /** 0 for a log without lines. */
  async lastLine(taskId: string): Promise<number> {
    const line = await this.database.taskLine.findFirst({
      where: { taskId },
      orderBy: { seq: 'desc' },
    });
    return line?.seq ?? 0;
  }

  /** @param after only lines with a higher number */
  async lines(taskId: string, after: number, limit: number): Promise<TaskLogPage['items']> {
    const rows = await this.database.taskLine.findMany({
      where: { taskId, seq: { gt: after } },
      orderBy: { seq: 'asc' },
      take: limit,
    });
    return rows.map(({ seq, at, text }) => ({ seq, at: at.toISOString(), text }));
  }

  /**
   * Forgets tasks that ended before `before`, and of the others all but the newest `keep`, with
   * their logs.
   * @returns how many
   */
  async prune(before: Date, keep: number): Promise<number> {
    const ended = { endedAt: { not: null } };
    const oldestKept = await this.database.task.findMany({
      where: ended,
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      skip: keep,
      take: 1,
    });
    const [first] = oldestKept;
    const tooOld = { endedAt: { lt: before } };
    const tooMany = first === undefined ? [] : [{ ...ended, createdAt: { lte: first.createdAt } }];
    let pruned = 0;
    for (;;) {
      const rows = await this.database.task.findMany({
        where: { OR: [tooOld, ...tooMany] },
        select: { id: true },
        take: PRUNE_BATCH,
      });
      if (rows.length === 0) return pruned;
      const ids = rows.map(({ id }) => id);
      pruned += (await this.database.task.deleteMany({ where: { id: { in: ids } } })).count;
    }
  }
}

function changing(task: Task) {
  return {
    state: task.state,
    fraction: task.fraction,
    step: task.step,
    problem: task.problem ?? Prisma.DbNull,
    result: (task.result as Prisma.InputJsonObject | null) ?? Prisma.DbNull,
    startedAt: task.startedAt === null ? null : new Date(task.startedAt),
    endedAt: task.endedAt === null ? null : new Date(task.endedAt),
  };
}

function fromRow(row: TaskRow): Task {
  return {
    id: row.id,
    kind: row.kind,
    state: taskStateSchema.parse(row.state),
    fraction: row.fraction,
    step: row.step,
    resource: { kind: row.resourceKind, id: row.resourceId, name: row.resourceName },
    user: row.userId === '' ? null : { id: row.userId, name: row.userName },
    problem: problemSchema.nullable().parse(row.problem),
    result: row.result as Task['result'],
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}

function originOf(stored: Prisma.JsonValue): TaskOrigin {
  const { attempts, params } = stored as { attempts?: unknown; params?: JsonObject };
  return { attempts: typeof attempts === 'number' ? attempts : 1, params: params ?? {} };
}
