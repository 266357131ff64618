import { randomUUID } from 'node:crypto';
import type { Problem } from '../api/problem';
import type {
  Task,
  TaskLogPage,
  TaskLogQuery,
  TaskPage,
  TaskQuery,
  TaskResource,
  TaskUser,
} from '../api/tasks';
import { isUnfinished } from '../api/unfinished-tasks';
import { RetriedWrites } from '../database/retried-writes';
import { type Log, messageOf } from '../log/log';
import { isProblemError } from '../problems/problem-error';
import { notFound } from '../problems/problems';
import type { EventBus } from '../streams/event-bus';
import { Lanes } from './lanes';
import { ConsoleStops, LiveTask, TaskCancelled } from './live-task';
import { TaskLog } from './task-log';
import {
  alreadyEnded,
  cancelled,
  consoleStops,
  interrupted,
  interruptedTooOften,
  taskFailure,
  tooManyTasks,
} from './task-problems';
import type { StoredTask, TaskStore } from './task-store';
import type { LeftTask, StartedTask, TaskFailure, TaskJob, TaskOrder } from './task-work';

/** Waiting and running together. */
const MAX_UNFINISHED = 200;
/** A task that ends the console each time it runs is not begun for ever. */
const MAX_ATTEMPTS = 3;
const DAY_MS = 24 * 3600 * 1000;
const KEEP_DAYS = 90;
const KEEP_TASKS = 10_000;
const PRUNE_INTERVAL_MS = 6 * 3600 * 1000;
type Resumer = (task: LeftTask) => TaskJob | undefined;

/**
 * Work that outlives the request that asked for it: how far it is, what it said, who asked, how it
 * ended. It is in the database before it begins, so a console that was killed knows of it.
 */
export class TaskService {
  private readonly live = new Map<string, LiveTask>();
  private readonly resumers = new Map<string, Resumer>();
  private readonly toBegin: (() => void)[] = [];
  private readonly stop = new AbortController();
  private begun = false;
  private pruning: NodeJS.Timeout | undefined;
  /** How tasks ended. */
  private readonly ends: RetriedWrites<Task>;

  constructor(
    private readonly store: TaskStore,
    private readonly bus: EventBus,
    private readonly log: Log,
    private readonly keepDays: () => number = () => KEEP_DAYS,
    private readonly lanes: Lanes = new Lanes(),
  ) {
    this.ends = new RetriedWrites(
      (task) => store.save(task),
      ({ id, state }, error) =>
        log.error('how a task ended could not be written to the database yet', {
          task: id,
          state,
          cause: messageOf(error),
        }),
    );
  }

  /**
   * Names what begins a kind of task again that a console left unfinished; it gives undefined when
   * that cannot be done. To be called before `open`.
   */
  onResume(kind: string, resumer: Resumer): void {
    this.resumers.set(kind, resumer);
  }

  /**
   * Takes up what the last console left: tasks that can be begun again wait for `begin`, the others
   * are interrupted.
   */
  async open(): Promise<void> {
    for (const left of await this.store.unfinished()) await this.takeUp(left);
    await this.pruneOld();
    this.pruning = setInterval(() => void this.pruneOld(), PRUNE_INTERVAL_MS);
    this.pruning.unref();
  }

  /** From now on tasks run: whatever they work on has been opened. */
  begin(): void {
    this.begun = true;
    for (const begin of this.toBegin.splice(0)) begin();
  }

  /**
   * Begins a task, or lets it wait for its turn.
   * @throws ProblemError 503 when too many wait or the console stops; nothing has begun then
   */
  async run(order: TaskOrder): Promise<StartedTask> {
    if (this.stop.signal.aborted) throw consoleStops();
    if (this.live.size >= MAX_UNFINISHED) throw tooManyTasks(MAX_UNFINISHED);
    const { id = randomUUID(), kind, resource, user, params = {} } = order;
    const task = newTask(id, kind, resource, user);
    const live = this.makeLive(task, order, 0);
    try {
      await this.store.insert(task, { attempts: 1, params });
    } catch (error) {
      this.live.delete(id);
      throw error;
    }
    this.tell(task);
    return { task, done: this.schedule(live) };
  }

  /** Notes something that went wrong outside of a task, where tasks are looked for. */
  async recordFailure(kind: string, resource: TaskResource, problem: Problem): Promise<Task> {
    const task = newTask(randomUUID(), kind, resource, null);
    const failed: Task = {
      ...task,
      state: 'failed',
      problem,
      startedAt: task.createdAt,
      endedAt: task.createdAt,
    };
    await this.store.insert(failed, { attempts: 1, params: {} });
    this.tell(failed);
    return failed;
  }

  /** @throws ProblemError 404 */
  async get(id: string): Promise<Task> {
    const task = this.known(id) ?? (await this.store.find(id));
    if (task === undefined) throw notFound('such task');
    return task;
  }

  /** Whether it waits or runs. */
  isLive(id: string): boolean {
    return this.live.has(id);
  }

  /** @returns undefined when there is no such task */
  async kindOf(id: string): Promise<string | undefined> {
    return (await this.store.find(id))?.kind;
  }

  /** Why tasks did not succeed, by their ids. */
  async problems(ids: readonly string[]): Promise<ReadonlyMap<string, Problem>> {
    const problems = new Map<string, Problem>();
    for (const { id, problem } of await this.store.findAll(ids)) {
      // One that is just ending is not in the database yet.
      const why = this.live.get(id)?.ending ?? this.known(id)?.problem ?? problem;
      if (why !== null) problems.set(id, why);
    }
    return problems;
  }

  /** @throws ProblemError 422 for a cursor that is none */
  async list(query: TaskQuery): Promise<TaskPage> {
    const page = await this.store.page(query);
    return { ...page, items: page.items.map((task) => this.known(task.id) ?? task) };
  }

  /** @throws ProblemError 404 */
  async readLog(id: string, { cursor = 0, limit }: TaskLogQuery): Promise<TaskLogPage> {
    const { state } = await this.get(id);
    await this.live.get(id)?.log.flush();
    const items = await this.store.lines(id, cursor, limit);
    const more = items.length === limit || isUnfinished(state);
    return { items, nextCursor: more ? String(items.at(-1)?.seq ?? cursor) : null };
  }

  /**
   * Asks a task to end. It may come to its end all the same when it was nearly there.
   * @throws ProblemError 404, 409 when it has ended
   */
  async cancel(id: string, by: TaskUser | null): Promise<Task> {
    const live = this.live.get(id);
    if (live === undefined) throw alreadyEnded(await this.get(id));
    live.log.add(`Cancelled by ${by?.name ?? 'the console'}.`);
    live.abort.abort(new TaskCancelled(by));
    return live.task;
  }

  /** Forgets tasks that ended before `before`, and all but the newest `keep`. @returns how many */
  prune(before: Date, keep: number): Promise<number> {
    return this.store.prune(before, keep);
  }

  /** Ends what runs; what can be begun again will be by the next console. */
  async close(): Promise<void> {
    clearInterval(this.pruning);
    this.stop.abort();
    this.begin();
    const tasks = [...this.live.values()];
    for (const { abort } of tasks) abort.abort(new ConsoleStops());
    await Promise.all(tasks.map(({ ended }) => ended));
    await this.ends.close();
  }

  private async takeUp({ task, attempts, params }: StoredTask): Promise<void> {
    const { id, kind, resource, user } = task;
    const job =
      attempts < MAX_ATTEMPTS
        ? this.resumers.get(kind)?.({ id, resource, user, params })
        : undefined;
    if (job === undefined) {
      const problem = attempts < MAX_ATTEMPTS ? interrupted() : interruptedTooOften(attempts);
      await this.store.save(ended(task, 'interrupted', problem.problem));
      return;
    }
    const waiting: Task = { ...task, state: 'queued', fraction: null, step: '', startedAt: null };
    const live = this.makeLive(waiting, job, await this.store.lastLine(id));
    await this.store.setOrigin(id, { attempts: attempts + 1, params });
    live.log.add('Begun again after the console was restarted.');
    await this.store.save(waiting);
    void this.schedule(live);
  }

  private makeLive(task: Task, job: TaskJob, lastLine: number): LiveTask {
    const live = new LiveTask({
      task,
      job,
      log: new TaskLog(this.store, task.id, lastLine, (error) => {
        this.log.error('the log of a task could not be written', {
          task: task.id,
          cause: messageOf(error),
        });
      }),
      resumable: this.resumers.has(task.kind),
      tell: (changed) => this.tell(changed),
      save: (changed) => this.store.save(changed),
    });
    this.live.set(task.id, live);
    return live;
  }

  private schedule(live: LiveTask): Promise<void> {
    const done = this.mayBegin().then(() => this.carryOut(live));
    // Whoever wants to know awaits `done`; for everybody else the failure is in the task.
    live.ended = done.catch(() => {});
    return done;
  }

  private mayBegin(): Promise<void> {
    if (this.begun) return Promise.resolve();
    return new Promise((resolve) => {
      this.toBegin.push(resolve);
    });
  }

  private async carryOut(live: LiveTask): Promise<void> {
    const { signal } = live.abort;
    let leave: (() => void) | undefined;
    try {
      leave = await this.lanes.enter(live.job.lane, signal);
      await live.move({ state: 'running', startedAt: new Date().toISOString() });
      signal.throwIfAborted();
      const result = (await live.job.work(live.context())) ?? null;
      await this.finish(live, { ...ended(live.task, 'succeeded', null), result, fraction: 1 });
    } catch (error) {
      throw await this.fail(live, error);
    } finally {
      leave?.();
      this.live.delete(live.task.id);
    }
  }

  /** @returns the problem it ended with */
  private async fail(live: LiveTask, error: unknown): Promise<Error> {
    const { reason } = live.abort.signal;
    if (live.abort.signal.aborted && reason instanceof ConsoleStops) {
      const problem = interrupted();
      // Left as it is in the database, where the next console finds it.
      if (live.resumable) await live.log.flush();
      else await this.endBadly(live, 'interrupted', problem.problem);
      return problem;
    }
    if (live.abort.signal.aborted && reason instanceof TaskCancelled) {
      const problem = cancelled(reason.by);
      await this.endBadly(live, 'cancelled', problem.problem);
      return problem;
    }
    const failure = taskFailure(error);
    this.log.warn('a task failed', {
      task: live.task.id,
      kind: live.task.kind,
      cause: isProblemError(error) ? error.message : stackOf(failure.cause ?? error),
    });
    live.log.add(failure.message);
    await this.endBadly(live, 'failed', failure.problem);
    return failure;
  }

  private async endBadly(live: LiveTask, how: TaskFailure, problem: Problem): Promise<void> {
    live.ending = problem;
    try {
      await live.job.onFailure?.(how, problem);
    } catch (error) {
      this.log.error('what a task leaves could not be put right', {
        task: live.task.id,
        cause: stackOf(error),
      });
    }
    await this.finish(live, ended(live.task, how, problem));
  }

  private async finish(live: LiveTask, task: Task): Promise<void> {
    await live.log.flush();
    await live.end(task, (ended) => this.ends.add(ended));
  }

  /** Of what is not in the database yet as it is now. */
  private known(id: string): Task | undefined {
    return this.live.get(id)?.task ?? this.ends.waiting.find((task) => task.id === id);
  }

  private async pruneOld(): Promise<void> {
    try {
      await this.prune(new Date(Date.now() - this.keepDays() * DAY_MS), KEEP_TASKS);
    } catch (error) {
      this.log.error('old tasks could not be removed', { cause: messageOf(error) });
    }
  }

  private tell(task: Task): void {
    this.bus.publish({ type: 'task.changed', task });
  }
}

function newTask(id: string, kind: string, resource: TaskResource, user: TaskUser | null): Task {
  return {
    id,
    kind,
    state: 'queued',
    fraction: null,
    step: '',
    // Only these: callers pass whole users and resources.
    resource: { kind: resource.kind, id: resource.id, name: resource.name },
    user: user === null ? null : { id: user.id, name: user.name },
    problem: null,
    result: null,
    createdAt: new Date().toISOString(),
    startedAt: null,
    endedAt: null,
  };
}

function ended(task: Task, state: Task['state'], problem: Problem | null): Task {
  return { ...task, state, problem, endedAt: new Date().toISOString() };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
