import type { Task, TaskUser } from '../api/tasks';
import { isProblemError, ProblemError } from '../problems/problem-error';
import { explainStorage } from '../storage/storage-problems';

export function interrupted(): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'task-interrupted',
    title: 'The task was interrupted',
    detail: 'The console ended while this was under way.',
    hint: 'Begin it again.',
  });
}

/** It was begun again after each start of the console, and never came to its end. */
export function interruptedTooOften(attempts: number): ProblemError {
  return new ProblemError({
    status: 500,
    code: 'task-interrupted-often',
    title: 'The task was given up',
    detail: `The console ended ${attempts} times while this was under way, so it was not begun again.`,
    hint: 'Look into the log of the console for why it ended before you begin it again.',
  });
}

export function cancelled(by: TaskUser | null): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'task-cancelled',
    title: 'Cancelled',
    detail: `This was cancelled by ${by === null ? 'the console' : `"${by.name}"`}.`,
    hint: 'Begin it again if it is still wanted.',
  });
}

export function alreadyEnded(task: Task): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'task-ended',
    title: 'Not possible now',
    detail: `The task has ended already: it is ${task.state}.`,
    hint: 'There is nothing left to cancel.',
  });
}

export function tooManyTasks(limit: number): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'too-many-tasks',
    title: 'Too much is waiting',
    detail: `${limit} tasks are waiting or running, and no more are taken.`,
    hint: 'Wait until some have ended, or cancel those nobody needs.',
    headers: { 'retry-after': '60' },
  });
}

export function consoleStops(): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'stopping',
    title: 'The console is stopping',
    detail: 'The console is being stopped and begins nothing new.',
    hint: 'Try again once it runs again.',
    headers: { 'retry-after': '5' },
  });
}

/** What a person may see of why a task failed: never the words of an error we did not foresee. */
export function taskFailure(error: unknown): ProblemError {
  const told = explainStorage(error);
  if (isProblemError(told)) return told;
  return new ProblemError(
    {
      status: 500,
      code: 'task-failed',
      title: 'The task failed',
      detail: 'The console met an error it did not expect.',
      hint: 'Begin it again. If it fails again, the log of the console says more.',
    },
    { cause: error },
  );
}
