import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConsoleEvent } from '../api/events';
import { taskQuerySchema } from '../api/tasks';
import { openTestDatabase, type TestDatabase } from '../database/testing/test-database';
import { silentLog } from '../log/log';
import { EventBus } from '../streams/event-bus';
import { TaskService } from '../tasks/task-service';
import { TaskStore } from '../tasks/task-store';
import { eventually } from '../testing/eventually';
import type { BuildProgress, BuiltImage } from './image-builder';
import { ImageService } from './image-service';

const BUILT: BuiltImage = {
  kernel: '/k',
  cmdline: '',
  digest: 'sha256:0',
  kernelVersion: '6.1',
  sizeBytes: 1,
  builtAt: '2026-01-01T00:00:00.000Z',
};
const never = new AbortController().signal;

class Builder {
  found: BuiltImage | undefined;
  builds = 0;
  progress: (progress: BuildProgress) => void = () => {};
  finish: (built: BuiltImage) => void = () => {};
  fail: (error: Error) => void = () => {};

  async find() {
    return this.found;
  }

  build({ signal, onProgress }: { signal: AbortSignal; onProgress: Builder['progress'] }) {
    this.builds += 1;
    this.progress = onProgress;
    return new Promise<BuiltImage>((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }
}

let opened: TestDatabase;
let tasks: TaskService;
let builder: Builder;
let service: ImageService;
let events: ConsoleEvent[];
let now: number;

const USER = { id: 'u', name: 'ada' };

beforeEach(async () => {
  opened = await openTestDatabase();
  builder = new Builder();
  const bus = new EventBus(1);
  events = [];
  bus.listen(({ event }) => event.type === 'image.changed' && events.push(event));
  now = 0;
  tasks = new TaskService(new TaskStore(opened.database), bus, silentLog);
  await tasks.open();
  tasks.begin();
  service = new ImageService(builder, tasks, bus, silentLog, () => now);
});

afterEach(async () => {
  await tasks.close();
  await service.close();
  await opened.close();
});

const untilBuilding = (builds = 1) => eventually(() => expect(builder.builds).toBe(builds));

describe('the default image', () => {
  it('is found where it was built before', async () => {
    builder.found = BUILT;
    await service.open();
    expect(service.get().status).toMatchObject({ state: 'ready', digest: 'sha256:0' });
    expect(await service.ready(never, () => {})).toBe(BUILT);
    service.build(USER);
    expect(builder.builds).toBe(0);
    expect((await tasks.list(taskQuerySchema.parse({}))).items).toEqual([]);
  });

  it('that cannot be looked for is a problem, and no reason not to start', async () => {
    builder.find = () => Promise.reject(new Error('the recipe is missing'));
    await service.open();
    expect(service.get().status).toMatchObject({
      state: 'failed',
      problem: { code: 'image-build-failed' },
    });
  });

  it('is built once for all who wait', async () => {
    await service.open();
    expect(service.get().status.state).toBe('absent');
    const waits: string[] = [];
    const first = service.ready(never, (what) => waits.push(what));
    const second = service.ready(never, (what) => waits.push(what));
    service.build(USER);
    await untilBuilding();
    expect(waits).toEqual(['building the default image', 'building the default image']);
    builder.finish(BUILT);
    expect(await Promise.all([first, second])).toEqual([BUILT, BUILT]);
    expect(service.get().status.state).toBe('ready');
  });

  it('tells of progress, but not of every line', async () => {
    service.ready(never, () => {}).catch(() => {});
    await untilBuilding();
    const before = events.length;
    for (let i = 0; i < 100; i += 1) {
      now += 10;
      builder.progress({ step: 'Compiling', detail: `${i}`, fraction: i / 50 });
    }
    expect(events.length - before).toBeLessThan(6);
    expect(service.get().status).toMatchObject({ state: 'building', fraction: 1 });
    builder.progress({ step: 'Packing', fraction: 0.9 });
    expect(service.get().status).toMatchObject({ step: 'Packing', detail: null });
  });

  it('keeps why it could not be built, and can be tried again', async () => {
    const waiting = service.ready(never, () => {});
    await untilBuilding();
    builder.fail(
      Object.assign(new Error('No space left.'), { code: 'disk-full', hint: 'Free 2 GiB.' }),
    );
    await expect(waiting).rejects.toThrow('No space left');
    expect(service.get().status).toMatchObject({
      state: 'failed',
      problem: { code: 'image-disk-full', hint: 'Free 2 GiB.' },
    });
    service.build(USER);
    expect(service.get().status.state).toBe('building');
    await untilBuilding(2);
    builder.finish(BUILT);
    expect(await service.ready(never, () => {})).toBe(BUILT);
  });

  it('goes on being built when one who waits gives up', async () => {
    const abort = new AbortController();
    const waiting = service.ready(abort.signal, () => {});
    abort.abort(new Error('given up'));
    await expect(waiting).rejects.toThrow('given up');
    expect(service.get().status.state).toBe('building');
    await untilBuilding();
    builder.finish(BUILT);
    expect(await service.ready(never, () => {})).toBe(BUILT);
  });

  it('is built by a task, with who asked, what it says, and its end', async () => {
    service.build(USER);
    await untilBuilding();
    builder.progress({ step: 'Compiling', detail: 'CC main.o', fraction: 0.5 });
    const [task] = (await tasks.list(taskQuerySchema.parse({ kind: 'image.build' }))).items;
    expect(task).toMatchObject({ user: USER, fraction: 0.5, step: 'Compiling', state: 'running' });
    builder.finish(BUILT);
    await service.ready(never, () => {});
    const ended = await tasks.get(task?.id ?? '');
    expect(ended).toMatchObject({ state: 'succeeded', result: { digest: 'sha256:0' } });
    const log = await tasks.readLog(ended.id, { limit: 10 });
    expect(log.items.map(({ text }) => text)).toEqual(['CC main.o']);
  });

  it('is absent again when its task is cancelled, and those who wait are told', async () => {
    const waiting = service.ready(never, () => {});
    waiting.catch(() => {});
    await untilBuilding();
    const [task] = (await tasks.list(taskQuerySchema.parse({}))).items;
    await tasks.cancel(task?.id ?? '', USER);
    await expect(waiting).rejects.toThrow('cancelled by "ada"');
    expect(service.get().status.state).toBe('absent');
  });

  it('is given up when the console ends', async () => {
    service.build(USER);
    await untilBuilding();
    await tasks.close();
    await service.close();
    expect(service.get().status).toMatchObject({
      state: 'failed',
      problem: { code: 'task-interrupted' },
    });
  });
});
