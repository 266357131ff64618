import type { Output } from '@/server/api/client';
import type { Task } from '@/server/api/tasks';
import { isUnfinished } from '@/server/api/unfinished-tasks';
import { ApiError } from '../api/api-error';
import { request } from '../api/client';
import { t } from '../i18n/reader';

const POLL_MS = 400;

/**
 * For what can only go on when a task is done.
 * @param onProgress 0 to 1, while somebody can tell
 * @throws ApiError with what the task says of its failure
 */
export async function untilTaskEnds(
  { id }: Task,
  onProgress: (fraction: number) => void = () => {},
): Promise<Task> {
  for (;;) {
    const task = await request<Output<'getTask'>>('GET', `/tasks/${encodeURIComponent(id)}`);
    if (task.fraction !== null) onProgress(task.fraction);
    if (task.state === 'succeeded') return task;
    if (!isUnfinished(task.state)) {
      throw task.problem === null ? givenUp() : ApiError.ofProblem(task.problem);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Somebody cancelled it, or the console was stopped. */
function givenUp(): ApiError {
  return new ApiError({
    status: 409,
    code: 'task-ended',
    detail: t('tasks.givenUp'),
    hint: t('tasks.givenUpHint'),
  });
}
