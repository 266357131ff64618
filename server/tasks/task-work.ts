import type { Problem } from '../api/problem';
import type { Task, TaskResource, TaskUser } from '../api/tasks';
import type { Lane } from './lanes';
import type { JsonObject } from './task-store';

/** What work is given. */
export interface TaskContext {
  readonly taskId: string;
  /** Aborted when the task is cancelled or the console stops. Work ends by throwing its reason. */
  readonly signal: AbortSignal;
  /** @param fraction 0 to 1; null while nobody can tell @param step what it is at; as before when left out */
  progress(fraction: number | null, step?: string): void;
  log(line: string): void;
}

/**
 * How a task ended, but for success: what the work made last is what makes that true. A task that
 * is begun again by the next console has not ended.
 */
export type TaskFailure = 'failed' | 'cancelled' | 'interrupted';

/** Work and what comes after it. It may run more than once, each time from the beginning. */
export interface TaskJob {
  readonly lane: Lane;
  /**
   * @returns what is shown as the result
   * @throws ProblemError for what a person shall read; anything else is logged and not shown
   */
  work(context: TaskContext): Promise<Task['result'] | undefined>;
  /** Puts right what the work was for, before anybody is told how it ended. */
  onFailure?(how: TaskFailure, problem: Problem): Promise<void>;
}

export interface TaskOrder extends TaskJob {
  /** Of the task; a new one when left out. */
  readonly id?: string;
  /** What is done, for example `image.import`. */
  readonly kind: string;
  readonly resource: TaskResource;
  /** Null when the console does it by itself. */
  readonly user: TaskUser | null;
  /** Enough to begin again; kept in the database, so never a secret. */
  readonly params?: JsonObject;
}

/** A task a console left unfinished. */
export interface LeftTask {
  readonly id: string;
  readonly resource: TaskResource;
  readonly user: TaskUser | null;
  readonly params: JsonObject;
}

export interface StartedTask {
  readonly task: Task;
  /** Rejects with a ProblemError; need not be listened to. */
  readonly done: Promise<void>;
}
