import type { Problem } from '../api/problem';
import type { Task, TaskUser } from '../api/tasks';
import type { TaskLog } from './task-log';
import type { TaskContext, TaskJob } from './task-work';

/** A reader sees four pictures a second. */
const TELL_MS = 250;
/** Only a console that was killed reads progress back from the database. */
const SAVE_MS = 5000;
const MAX_STEP_CHARACTERS = 200;

/** Why a task's signal was aborted. */
export class TaskCancelled extends Error {
  constructor(readonly by: TaskUser | null) {
    super('the task was cancelled');
  }
}

/** Why a task's signal was aborted. */
export class ConsoleStops extends Error {
  constructor() {
    super('the console stops');
  }
}

export interface LiveTaskParts {
  readonly task: Task;
  readonly job: TaskJob;
  readonly log: TaskLog;
  /** Whether the next console can begin it again. */
  readonly resumable: boolean;
  readonly tell: (task: Task) => void;
  readonly save: (task: Task) => Promise<void>;
}

/** A task that is waiting or running in this process. */
export class LiveTask {
  task: Task;
  readonly job: TaskJob;
  readonly log: TaskLog;
  readonly resumable: boolean;
  readonly abort = new AbortController();
  /** Why it is ending without success. */
  ending: Problem | undefined;
  /** Never rejects. */
  ended: Promise<void> = Promise.resolve();
  /** What it is at, as it was told. */
  private step: string;
  private timer: NodeJS.Timeout | undefined;
  private savedAt = Date.now();
  private saving: Promise<void> = Promise.resolve();

  constructor(private readonly parts: LiveTaskParts) {
    this.task = parts.task;
    this.step = parts.task.step;
    this.job = parts.job;
    this.log = parts.log;
    this.resumable = parts.resumable;
  }

  /** Changes it, tells of it, and has it in the database when it resolves. */
  move(changes: Partial<Task>): Promise<void> {
    return this.become({ ...this.task, ...changes }, this.parts.save);
  }

  /** Its last change. @param save never rejects */
  end(task: Task, save: (task: Task) => Promise<void>): Promise<void> {
    return this.become(task, save);
  }

  private async become(task: Task, save: (task: Task) => Promise<void>): Promise<void> {
    this.stopTimer();
    this.task = task;
    await this.saving;
    this.savedAt = Date.now();
    await save(task);
    this.parts.tell(task);
  }

  readonly context = (): TaskContext => ({
    taskId: this.task.id,
    signal: this.abort.signal,
    progress: (fraction, step) => this.progress(fraction, step),
    log: (line) => this.log.add(line),
  });

  private progress(fraction: number | null, step = this.step): void {
    if (this.task.state !== 'running') return;
    const unknown = fraction === null || Number.isNaN(fraction);
    // Within a step it only grows: figures may come late, one behind the other.
    const least = step === this.step ? (this.task.fraction ?? 0) : 0;
    this.step = step;
    this.task = {
      ...this.task,
      fraction: unknown ? null : Math.min(1, Math.max(least, fraction)),
      step: step.slice(0, MAX_STEP_CHARACTERS),
    };
    this.timer ??= setTimeout(() => this.tellProgress(), TELL_MS);
  }

  private tellProgress(): void {
    this.timer = undefined;
    this.parts.tell(this.task);
    if (Date.now() - this.savedAt < SAVE_MS) return;
    this.savedAt = Date.now();
    const { task } = this;
    // What is lost here is told again a moment later.
    this.saving = this.saving.then(() => this.parts.save(task)).catch(() => {});
  }

  private stopTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
