import type { Task } from '../api/tasks';

/** Long work was begun: what becomes of it is told by events, and at its Location. */
export function acceptedTask(task: Task): Response {
  return Response.json(task, {
    status: 202,
    headers: { location: `/api/v1/tasks/${task.id}` },
  });
}
