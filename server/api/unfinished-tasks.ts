import type { TaskState } from './tasks';

/** States that are left again; apart from the schemas, so that who asks need not load them. */
export const UNFINISHED_TASK_STATES = ['queued', 'running'] as const satisfies TaskState[];

export function isUnfinished(state: TaskState): boolean {
  return (UNFINISHED_TASK_STATES as readonly TaskState[]).includes(state);
}
