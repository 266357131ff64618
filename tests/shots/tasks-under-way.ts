import type { BrowserContext } from 'playwright-core';
import { type Task, taskPageSchema } from '../../server/api/tasks';

const LIST = /\/api\/v1\/tasks(\?.*)?$/;
const MINUTE_MS = 60_000;

/** A picture would have to be taken in the seconds that such a task lives; so the browser is told of it. */
export async function addTasksUnderWay(context: BrowserContext): Promise<void> {
  await context.route(LIST, async (route) => {
    const states = new URL(route.request().url()).searchParams.get('state');
    if (states?.includes('running') === false) return route.continue();
    const response = await route.fetch();
    const list = taskPageSchema.parse(await response.json());
    return route.fulfill({
      response,
      json: { ...list, items: [...tasksUnderWay(), ...list.items] },
    });
  });
}

function tasksUnderWay(): readonly Task[] {
  const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * MINUTE_MS).toISOString();
  const common = {
    user: { id: 'margaret', name: 'margaret' },
    problem: null,
    result: null,
    endedAt: null,
  };
  return [
    {
      ...common,
      id: 'waiting',
      kind: 'disk.copy',
      state: 'queued',
      fraction: null,
      step: '',
      resource: { kind: 'disk', id: 'disk', name: 'staging-1-root' },
      createdAt: at(1),
      startedAt: null,
    },
    {
      ...common,
      id: 'running',
      kind: 'image.import',
      state: 'running',
      fraction: 0.42,
      step: 'Fetching',
      resource: { kind: 'image', id: 'image', name: 'debian-12-generic' },
      createdAt: at(3),
      startedAt: at(3),
    },
  ];
}
