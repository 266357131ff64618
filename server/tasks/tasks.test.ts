import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConsoleEvent } from '../api/events';
import { type Task, taskQuerySchema, taskSchema } from '../api/tasks';
import { openTestDatabase, type TestDatabase } from '../database/testing/test-database';
import { silentLog } from '../log/log';
import { ProblemError } from '../problems/problem-error';
import { EventBus } from '../streams/event-bus';
import { eventually } from '../testing/eventually';
import { problemOf } from '../testing/problems';
import { Lanes } from './lanes';
import { MAX_LOG_LINES } from './task-log';
import { TaskService } from './task-service';
import { TaskStore } from './task-store';
import type { TaskContext, TaskFailure, TaskOrder } from './task-work';

let opened: TestDatabase;
let store: TaskStore;
let tasks: TaskService;
let events: ConsoleEvent[];

/** A console that starts with what is in the database. */
function consoleStarts(set: (tasks: TaskService) => void = () => {}): Promise<TaskService> {
  const bus = new EventBus(1);
  events = [];
  bus.listen(({ event }) => events.push(event));
  const service = new TaskService(
    store,
    bus,
    silentLog,
    () => 90,
    new Lanes({ build: 1, disk: 2, network: 1 }),
  );
  set(service);
  return service.open().then(() => {
    service.begin();
    return service;
  });
}

beforeEach(async () => {
  opened = await openTestDatabase();
  store = new TaskStore(opened.database);
  tasks = await consoleStarts();
});

afterEach(async () => {
  await tasks.close();
  await opened.close();
});

const USER = { id: 'u', name: 'ada' };

function order(work: TaskOrder['work'], more: Partial<TaskOrder> = {}): TaskOrder {
  return {
    kind: 'test.work',
    lane: 'disk',
    resource: { kind: 'disk', id: 'd', name: 'root' },
    user: USER,
    work,
    ...more,
  };
}

/** Work that ends when it is told to, or aborted. */
function held() {
  let finish: () => void = () => {};
  let started: (context: TaskContext) => void = () => {};
  const running = new Promise<TaskContext>((resolve) => {
    started = resolve;
  });
  const work = (context: TaskContext) =>
    new Promise<undefined>((resolve, reject) => {
      finish = () => resolve(undefined);
      context.signal.addEventListener('abort', () => reject(context.signal.reason));
      started(context);
    });
  return { work, running, finish: () => finish() };
}

const list = (query: Record<string, string> = {}) => tasks.list(taskQuerySchema.parse(query));

function untilState(id: string, state: Task['state']): Promise<Task> {
  return eventually(async () => {
    const task = await tasks.get(id);
    expect(task.state).toBe(state);
    return task;
  });
}

describe('a task', () => {
  it('is known before it runs, and says who asked, how it ended and how long it took', async () => {
    const { work, running, finish } = held();
    const { task, done } = await tasks.run(order(work));
    expect(task).toMatchObject({ state: 'queued', user: USER, resource: { name: 'root' } });
    await running;
    expect(await tasks.get(task.id)).toMatchObject({ state: 'running', endedAt: null });
    finish();
    await done;
    const end = taskSchema.parse(await tasks.get(task.id));
    expect(end).toMatchObject({ state: 'succeeded', fraction: 1, problem: null });
    expect(Date.parse(end.endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(end.startedAt ?? ''));
    expect(tasks.isLive(task.id)).toBe(false);
  });

  it('keeps what its work returns', async () => {
    const { task, done } = await tasks.run(order(async () => ({ imageId: 'i' })));
    await done;
    expect((await tasks.get(task.id)).result).toEqual({ imageId: 'i' });
  });

  it('that fails keeps the problem a person can read', async () => {
    const told: TaskFailure[] = [];
    const problem = {
      status: 422,
      code: 'x',
      title: 't',
      detail: 'It is a tape.',
      hint: 'Buy a disk.',
    };
    const { task, done } = await tasks.run(
      order(() => Promise.reject(new ProblemError(problem)), {
        onFailure: async (how) => void told.push(how),
      }),
    );
    expect(await problemOf(done)).toMatchObject(problem);
    expect(await tasks.get(task.id)).toMatchObject({ state: 'failed', problem: { code: 'x' } });
    expect(told).toEqual(['failed']);
  });

  it('that ends while the database cannot be written is known to have ended, now and later', async () => {
    const { work, running, finish } = held();
    const { task, done } = await tasks.run(order(work));
    await running;
    const save = store.save.bind(store);
    store.save = () => Promise.reject(new Error('disk full'));
    finish();
    await done;
    expect(await tasks.get(task.id)).toMatchObject({ state: 'succeeded' });
    expect((await list()).items).toMatchObject([{ state: 'succeeded' }]);
    expect((await store.find(task.id))?.state).toBe('running');
    store.save = save;
    await tasks.close();
    expect((await store.find(task.id))?.state).toBe('succeeded');
  });

  it('that meets an error nobody foresaw does not show its words', async () => {
    const { task, done } = await tasks.run(
      order(() => Promise.reject(new Error('password hunter2'))),
    );
    await problemOf(done);
    const failed = await tasks.get(task.id);
    expect(failed.problem?.code).toBe('task-failed');
    const log = await tasks.readLog(task.id, { limit: 10 });
    expect(JSON.stringify([failed, log])).not.toContain('hunter2');
  });

  it('that finds the disk full says so', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left, write'), { code: 'ENOSPC' });
    const { done } = await tasks.run(order(() => Promise.reject(full)));
    expect(await problemOf(done)).toMatchObject({ status: 507, code: 'disk-full' });
  });

  it('does not end the console when what it leaves cannot be put right', async () => {
    const { task, done } = await tasks.run(
      order(() => Promise.reject(new Error('a')), {
        onFailure: () => Promise.reject(new Error('b')),
      }),
    );
    await problemOf(done);
    expect((await tasks.get(task.id)).state).toBe('failed');
  });
});

describe('progress', () => {
  it('only grows within a step', async () => {
    const { work, running, finish } = held();
    const { task, done } = await tasks.run(order(work));
    const { progress } = await running;
    progress(0.5, 'Copying');
    progress(0.2);
    expect(await tasks.get(task.id)).toMatchObject({ fraction: 0.5, step: 'Copying' });
    progress(0.1, 'Checking');
    expect(await tasks.get(task.id)).toMatchObject({ fraction: 0.1, step: 'Checking' });
    finish();
    await done;
  });

  it('is shown at once, but told a few times a second', async () => {
    const { work, running, finish } = held();
    const { task, done } = await tasks.run(order(work));
    const context = await running;
    await untilState(task.id, 'running');
    const before = events.length;
    for (let i = 0; i <= 1000; i += 1) context.progress(i / 1000, `Copying ${i}`);
    expect(await tasks.get(task.id)).toMatchObject({ fraction: 1, step: 'Copying 1000' });
    await eventually(() => expect(events.length).toBeGreaterThan(before));
    expect(events.length - before).toBeLessThanOrEqual(2);
    finish();
    await done;
  });

  it('stays between nothing and all, and may be unknown', async () => {
    const { work, running, finish } = held();
    const { task, done } = await tasks.run(order(work));
    const context = await running;
    await untilState(task.id, 'running');
    context.progress(7, 'Reading');
    expect((await tasks.get(task.id)).fraction).toBe(1);
    context.progress(-1, 'Writing');
    expect(await tasks.get(task.id)).toMatchObject({ fraction: 0, step: 'Writing' });
    context.progress(Number.NaN);
    expect((await tasks.get(task.id)).fraction).toBeNull();
    finish();
    await done;
  });
});

describe('a cancelled task', () => {
  it('ends with who did it, and what it was for is put right first', async () => {
    const { work, running } = held();
    const told: string[] = [];
    const { task, done } = await tasks.run(
      order(work, {
        onFailure: async (how) => {
          told.push(`${how} while ${(await tasks.get(task.id)).state}`);
        },
      }),
    );
    await running;
    await tasks.cancel(task.id, { id: 'b', name: 'bob' });
    await problemOf(done);
    expect(await tasks.get(task.id)).toMatchObject({
      state: 'cancelled',
      problem: { code: 'task-cancelled', detail: 'This was cancelled by "bob".' },
    });
    expect(told).toEqual(['cancelled while running']);
  });

  it('need not have begun', async () => {
    const blockers = [held(), held()];
    const started = await Promise.all(blockers.map(({ work }) => tasks.run(order(work))));
    let began = false;
    const waiting = await tasks.run(
      order(async () => {
        began = true;
        return undefined;
      }),
    );
    await tasks.cancel(waiting.task.id, USER);
    await problemOf(waiting.done);
    expect(await tasks.get(waiting.task.id)).toMatchObject({ state: 'cancelled', startedAt: null });
    for (const { finish, running } of blockers) {
      await running;
      finish();
    }
    await Promise.all(started.map(({ done }) => done));
    expect(began).toBe(false);
  });

  it('cannot be cancelled once it has ended', async () => {
    const { task, done } = await tasks.run(order(async () => undefined));
    await done;
    expect(await problemOf(tasks.cancel(task.id, USER))).toMatchObject({
      status: 409,
      code: 'task-ended',
    });
    expect((await problemOf(tasks.cancel('nobody', USER))).status).toBe(404);
  });
});

describe('many tasks', () => {
  it('run no more at a time than their lane is wide, in the order of asking', async () => {
    let running = 0;
    let most = 0;
    const began: number[] = [];
    const started: Promise<void>[] = [];
    for (let i = 0; i < 8; i += 1) {
      const { done } = await tasks.run(
        order(async () => {
          began.push(i);
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setTimeout(resolve, 20));
          running -= 1;
          return undefined;
        }),
      );
      started.push(done);
    }
    await Promise.all(started);
    expect(most).toBe(2);
    expect(began).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('of one lane do not wait for those of another', async () => {
    const { work, running, finish } = held();
    const slow = await tasks.run(order(work, { lane: 'network' }));
    await running;
    await (await tasks.run(order(async () => undefined, { lane: 'build' }))).done;
    finish();
    await slow.done;
  });

  it('are listed in pages without gaps, newest first, also while new ones come', async () => {
    const run = async () => (await tasks.run(order(async () => undefined))).done;
    for (let i = 0; i < 7; i += 1) await run();
    const all = (await list()).items.map(({ id }) => id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list({
        limit: '3',
        ...(cursor && { cursor }),
      });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
      await run();
    } while (cursor !== null);
    expect(seen).toEqual(all);
    expect((await problemOf(list({ cursor: 'nonsense' }))).status).toBe(422);
  });

  it('are found by state, kind, resource and user', async () => {
    await (await tasks.run(order(async () => undefined, { kind: 'a', user: null }))).done;
    const failing = await tasks.run(order(() => Promise.reject(new Error('x')), { kind: 'b' }));
    await problemOf(failing.done);
    const kinds = async (query: Record<string, string>) =>
      (await list(query)).items.map(({ kind }) => kind);
    expect(await kinds({ state: 'failed' })).toEqual(['b']);
    expect(await kinds({ state: 'failed,succeeded' })).toHaveLength(2);
    expect(await kinds({ kind: 'a' })).toEqual(['a']);
    expect(await kinds({ userId: USER.id })).toEqual(['b']);
    expect(await kinds({ resourceKind: 'disk', resourceId: 'nobody' })).toEqual([]);
    expect(taskQuerySchema.safeParse({ state: 'dreaming' }).success).toBe(false);
  });

  it('are refused when too many wait', async () => {
    const { work, finish } = held();
    const first = await tasks.run(order(work, { lane: 'network' }));
    const rest: Promise<unknown>[] = [];
    for (let i = 0; i < 199; i += 1) {
      rest.push((await tasks.run(order(async () => undefined, { lane: 'network' }))).done);
    }
    expect(await problemOf(tasks.run(order(async () => undefined)))).toMatchObject({
      status: 503,
      code: 'too-many-tasks',
    });
    finish();
    await Promise.all([first.done, ...rest]);
    await (await tasks.run(order(async () => undefined))).done;
  });

  it('are forgotten when they are old, or more than are kept, but never while they run', async () => {
    for (let i = 0; i < 5; i += 1) {
      await (
        await tasks.run(
          order(async ({ log }) => {
            log('a line');
            return undefined;
          }),
        )
      ).done;
    }
    const { work, running, finish } = held();
    const { task, done } = await tasks.run(order(work));
    await running;
    expect(await tasks.prune(new Date(0), 2)).toBe(3);
    expect((await list()).items).toHaveLength(3);
    expect(await tasks.prune(new Date(Date.now() + 1000), 100)).toBe(2);
    expect((await list()).items.map(({ id }) => id)).toEqual([task.id]);
    expect(await opened.database.taskLine.count()).toBe(0);
    finish();
    await done;
  });
});

describe('the log of a task', () => {
  it('is read while it is written, a page after the other, to its end', async () => {
    const { work, running, finish } = held();
    const { task, done } = await tasks.run(order(work));
    const context = await running;
    context.log('one\ntwo\n\n');
    const first = await tasks.readLog(task.id, { limit: 100 });
    expect(first.items.map(({ text }) => text)).toEqual(['one', 'two']);
    expect(first.nextCursor).toBe('2');
    context.log('three');
    finish();
    await done;
    const rest = await tasks.readLog(task.id, { limit: 100, cursor: 2 });
    expect(rest.items.map(({ text }) => text)).toEqual(['three']);
    expect(rest.nextCursor).toBeNull();
    expect((await problemOf(tasks.readLog('nobody', { limit: 1 }))).status).toBe(404);
  });

  it('holds text only, of bounded lines', async () => {
    const { task, done } = await tasks.run(
      order(async ({ log }) => {
        log('\u001b[31mred\u001b[0m\u0007');
        log('x'.repeat(5000));
        return undefined;
      }),
    );
    await done;
    const { items } = await tasks.readLog(task.id, { limit: 10 });
    expect(items.map(({ text }) => text.length)).toEqual([3, 1000]);
  });

  it('keeps its last lines, however much is said', async () => {
    const said = 3 * MAX_LOG_LINES;
    const { task, done } = await tasks.run(
      order(async ({ log }) => {
        for (let i = 1; i <= said; i += 1) log(`line ${i}`);
        return undefined;
      }),
    );
    await done;
    const kept = await opened.database.taskLine.count({ where: { taskId: task.id } });
    expect(kept).toBeLessThanOrEqual(MAX_LOG_LINES + 200);
    const { items } = await tasks.readLog(task.id, { limit: 1, cursor: said - 1 });
    expect(items[0]?.text).toBe(`line ${said}`);
  });
});

describe('after the console was killed', () => {
  /** The rows a killed console leaves. */
  async function left(kind: string, attempts = 1): Promise<string> {
    const id = crypto.randomUUID();
    await store.insert(
      {
        id,
        kind,
        state: 'running',
        fraction: 0.4,
        step: 'Copying',
        resource: { kind: 'disk', id: 'd', name: 'root' },
        user: USER,
        problem: null,
        result: null,
        createdAt: '2026-01-01T00:00:00.000Z',
        startedAt: '2026-01-01T00:00:01.000Z',
        endedAt: null,
      },
      { attempts, params: { imageId: 'i' } },
    );
    return id;
  }

  it('what ran is interrupted, and says what to do', async () => {
    const id = await left('test.once');
    tasks = await consoleStarts();
    expect(await tasks.get(id)).toMatchObject({
      state: 'interrupted',
      problem: { code: 'task-interrupted', hint: 'Begin it again.' },
    });
    expect(tasks.isLive(id)).toBe(false);
  });

  it('what can be begun again is, with what it was asked to do, and nobody asked twice', async () => {
    const id = await left('test.again');
    const asked: unknown[] = [];
    tasks = await consoleStarts((service) =>
      service.onResume('test.again', (task) => {
        asked.push(task);
        return { lane: 'disk', work: async () => ({ made: true }) };
      }),
    );
    expect(await untilState(id, 'succeeded')).toMatchObject({ result: { made: true }, user: USER });
    expect(asked).toEqual([
      {
        id,
        resource: { kind: 'disk', id: 'd', name: 'root' },
        user: USER,
        params: { imageId: 'i' },
      },
    ]);
  });

  it('nothing runs before everything was opened', async () => {
    const id = await left('test.again');
    const service = new TaskService(store, new EventBus(1), silentLog);
    let ran = false;
    service.onResume('test.again', () => ({
      lane: 'disk',
      work: async () => {
        ran = true;
        return undefined;
      },
    }));
    await service.open();
    expect(service.isLive(id)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ran).toBe(false);
    service.begin();
    await eventually(() => expect(ran).toBe(true));
    await service.close();
  });

  it('what was begun again too often is given up', async () => {
    const id = await left('test.again', 3);
    tasks = await consoleStarts((service) =>
      service.onResume('test.again', () => ({ lane: 'disk', work: async () => undefined })),
    );
    expect(await tasks.get(id)).toMatchObject({
      state: 'interrupted',
      problem: { code: 'task-interrupted-often' },
    });
  });
});

describe('a console that stops', () => {
  it('leaves what can be begun again to the next one, which goes on with its log', async () => {
    const resume = (service: TaskService) =>
      service.onResume('test.again', () => ({
        lane: 'disk',
        work: async ({ log }) => {
          log('second');
          return undefined;
        },
      }));
    tasks = await consoleStarts(resume);
    const { work, running } = held();
    const told: string[] = [];
    const { task } = await tasks.run(
      order(work, { kind: 'test.again', onFailure: async (how) => void told.push(how) }),
    );
    (await running).log('first');
    await tasks.close();
    expect(told).toEqual([]);
    tasks = await consoleStarts(resume);
    await untilState(task.id, 'succeeded');
    const { items } = await tasks.readLog(task.id, { limit: 10 });
    expect(items.map(({ text }) => text)).toEqual([
      'first',
      'Begun again after the console was restarted.',
      'second',
    ]);
  });

  it('interrupts the rest, waits for it, and begins nothing new', async () => {
    const { work, running } = held();
    const told: string[] = [];
    const { task, done } = await tasks.run(
      order(work, { onFailure: async (how) => void told.push(how) }),
    );
    await running;
    await tasks.close();
    await problemOf(done);
    expect(told).toEqual(['interrupted']);
    expect((await store.find(task.id))?.state).toBe('interrupted');
    expect(await problemOf(tasks.run(order(async () => undefined)))).toMatchObject({
      code: 'stopping',
    });
  });

  it('also ends what waits for its turn', async () => {
    const blockers = [held(), held()];
    for (const { work } of blockers) await tasks.run(order(work));
    const waiting = await tasks.run(order(async () => undefined));
    await tasks.close();
    expect((await store.find(waiting.task.id))?.state).toBe('interrupted');
  });
});

describe('a failure outside of tasks', () => {
  it('is noted where tasks are looked for', async () => {
    const { problem } = new ProblemError({
      status: 500,
      code: 'gone',
      title: 't',
      detail: 'd',
      hint: 'h',
    });
    const { id } = await tasks.recordFailure(
      'disk.check',
      { kind: 'disk', id: 'd', name: 'n' },
      problem,
    );
    expect(await tasks.get(id)).toMatchObject({ state: 'failed', user: null });
    expect((await tasks.problems([id, 'nobody'])).get(id)?.code).toBe('gone');
  });
});
