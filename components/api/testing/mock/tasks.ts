import type { Task } from '@/server/api/tasks';
import { isUnfinished } from '@/server/api/unfinished-tasks';
import { answer, type Handlers } from './contract';
import { notPossibleNow, Refusal } from './refusal';
import { pageOf } from './shelf';
import type { World } from './world';

interface Work {
  readonly kind: string;
  readonly resource: Task['resource'];
  /** When it has gone well. */
  readonly onDone: () => void;
  /** When somebody gave it up. */
  readonly onCancelled?: () => void;
}

/** Begins what takes longer than an answer. */
export function beginTask(
  world: World,
  { kind, resource, onDone, onCancelled }: Work,
  id = world.newId('task'),
): Task {
  const { name, id: userId } = world.me();
  const now = world.now();
  const task = world.tasks.put({
    ...{ id, kind, resource, step: '' },
    state: 'running',
    fraction: 0,
    user: { id: userId, name },
    problem: null,
    result: null,
    createdAt: now,
    startedAt: now,
    endedAt: null,
  });
  if (onCancelled !== undefined) world.cancellations.set(id, onCancelled);
  world.later(() => {
    if (!isUnfinished(world.tasks.get(id).state)) return;
    onDone();
    const result = { [`${resource.kind}Id`]: resource.id };
    world.tasks.change(id, { state: 'succeeded', fraction: 1, result, endedAt: world.now() });
  });
  return task;
}

export function taskHandlers(world: World) {
  return {
    listTasks: ({ query: { state, kind, resourceKind, resourceId, userId, limit, cursor } }) => {
      const isWanted = (task: Task) =>
        (state === undefined || state.includes(task.state)) &&
        (kind === undefined || kind === task.kind) &&
        (resourceKind === undefined || resourceKind === task.resource.kind) &&
        (resourceId === undefined || resourceId === task.resource.id) &&
        (userId === undefined || userId === task.user?.id);
      return answer(200, pageOf(world.tasks.all.filter(isWanted).reverse(), { limit, cursor }));
    },
    getTask: ({ id }) => answer(200, world.tasks.get(id)),
    getTaskLog: ({ id, query: { limit, cursor = 0 } }) => {
      const { createdAt: at } = world.tasks.get(id);
      const items = (world.taskLogs.get(id) ?? []).map((text, index) => ({
        ...{ seq: index + 1, at, text },
      }));
      return answer(200, { items: items.slice(cursor, cursor + limit), nextCursor: null });
    },
    cancelTask: ({ id }) => {
      const task = world.tasks.get(id);
      if (!isUnfinished(task.state)) {
        throw notPossibleNow(
          'task-ended',
          `The task has ended already: it is ${task.state}.`,
          'There is nothing left to cancel.',
        );
      }
      const { name } = world.me();
      world.soon(() => {
        world.cancellations.get(id)?.();
        world.tasks.change(id, {
          state: 'cancelled',
          endedAt: world.now(),
          problem: cancelledBy(name),
        });
      });
      return answer(202, task);
    },
  } satisfies Partial<Handlers>;
}

function cancelledBy(name: string) {
  return new Refusal({
    status: 409,
    code: 'task-cancelled',
    title: 'Cancelled',
    detail: `This was cancelled by "${name}".`,
    hint: 'Begin it again if it is still wanted.',
  }).problem;
}
