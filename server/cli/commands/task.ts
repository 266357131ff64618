import { setTimeout as sleep } from 'node:timers/promises';
import type { Task } from '../../api/tasks';
import { isUnfinished } from '../../api/unfinished-tasks';
import type { Argument, Command, Context } from '../command';
import { CliError } from '../errors';
import { formatAge } from '../sizes';

const TASK: Argument = { name: 'ID', names: 'task' };
const POLL_MS = 200;

/** Shows how it goes on. @throws CliError when it ends without success */
export async function untilTaskEnds(
  { api, output, signal }: Pick<Context, 'api' | 'output' | 'signal'>,
  { id }: Task,
): Promise<Task> {
  for (;;) {
    const task = await api.call('getTask', { id }, signal);
    if (!isUnfinished(task.state)) {
      output.endProgress();
      if (task.state === 'succeeded') return task;
      throw new CliError(
        task.problem?.detail ?? `The task was ${task.state}.`,
        task.problem?.hint ?? `See \`virtdeck task log ${id}\`.`,
      );
    }
    const share = task.fraction === null ? '' : ` ${Math.floor(task.fraction * 100)} %`;
    output.progress(`${task.step || task.state}${share}`);
    await sleep(POLL_MS, undefined, { signal });
  }
}

const list: Command = {
  name: 'task ls',
  summary: 'List tasks, the newest first.',
  arguments: [],
  options: { all: { summary: 'Also those that have ended.' } },
  run: async ({ api, output }, { options }) => {
    const query = options['all'] === true ? {} : { state: 'queued,running' };
    const answer = await api.call('listTasks', { query });
    output.table(answer, {
      columns: ['ID', 'KIND', 'OF', 'STATE', 'WHO', 'AGE'],
      rows: answer.items.map(({ id, kind, resource, state, user, createdAt }) => [
        id,
        kind,
        resource.name,
        state,
        user?.name ?? '',
        formatAge(createdAt),
      ]),
      empty: 'No task is under way.',
    });
    return undefined;
  },
};

const log: Command = {
  name: 'task log',
  summary: 'Print the log of a task.',
  arguments: [TASK],
  options: {},
  run: async ({ api, output }, { words: [id = ''] }) => {
    const page = await api.call('getTaskLog', { id, query: { limit: 2000 } });
    output.answer(page, () => page.items.map(({ at, text }) => `${at} ${text}`).join('\n'));
    return undefined;
  },
};

const cancel: Command = {
  name: 'task cancel',
  summary: 'Ask a task to end.',
  arguments: [TASK],
  options: {},
  run: async ({ api, output }, { words: [id = ''] }) => {
    const task = await api.call('cancelTask', { id });
    output.answer(task, () => 'It was asked to end.');
    return undefined;
  },
};

export const TASK_COMMANDS: readonly Command[] = [list, log, cancel];
