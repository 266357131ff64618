import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CreateDisk, createDiskSchema, type Disk } from '../api/disks';
import { MAX_MACHINE_DISKS } from '../api/limits';
import { isProblemError } from '../problems/problem-error';
import { TestStorage } from '../storage/testing/test-storage';
import { eventually } from '../testing/eventually';
import { problemOf } from '../testing/problems';

const MIB = 1024 * 1024;
const USER = { id: 'u', name: 'ada', role: 'operator' } as const;

let test: TestStorage;

beforeEach(async () => {
  test = await TestStorage.open();
});

afterEach(() => test.close());

const disks = () => test.storage.disks;
const fileOf = (id: string) => join(test.directory, 'disks', `${id}.raw`);
const filesThere = async () => (await readdir(join(test.directory, 'disks'))).sort();
const make = (input: CreateDisk) => disks().create(createDiskSchema.parse(input), USER);

async function empty(name = 'root', sizeBytes = 8 * MIB): Promise<Disk> {
  return (await make({ from: 'empty', name, sizeBytes })).disk;
}

/** An image of 4 MiB, half of it holes. */
async function image(content = randomBytes(2 * MIB)): Promise<string> {
  const id = crypto.randomUUID();
  const path = join(test.directory, 'images', id);
  await writeFile(path, content);
  await truncate(path, 4 * MIB);
  await test.database.image.create({
    data: {
      ...{ id, name: `image ${id}`, kind: 'disk', source: 'upload', state: 'ready', format: 'raw' },
      ...{ fileBytes: 4n * BigInt(MIB), sizeBytes: 4n * BigInt(MIB), createdAt: new Date() },
    },
  });
  return id;
}

function untilState(id: string, state: Disk['state']): Promise<Disk> {
  return eventually(async () => {
    const disk = await disks().get(id);
    expect(disk.state).toBe(state);
    return disk;
  });
}

describe('an empty disk', () => {
  it('is made at once and takes no space', async () => {
    const { disk, task } = await make({ from: 'empty', name: 'root', sizeBytes: 1024 * MIB });
    expect(task).toBeNull();
    expect(disk).toMatchObject({
      state: 'ready',
      sizeBytes: 1024 * MIB,
      vmId: null,
      position: null,
    });
    expect(disk.allocatedBytes).toBeLessThan(MIB);
    const { size, mode } = await stat(fileOf(disk.id));
    expect(size).toBe(1024 * MIB);
    expect(mode & 0o777).toBe(0o600);
    expect(test.events).toContainEqual({ type: 'disk.changed', disk });
  });

  it('has its space set aside when that is wanted', async () => {
    const input = { from: 'empty', name: 'db', sizeBytes: 4 * MIB, allocation: 'full' } as const;
    const { disk, task } = await make(input);
    expect(disk.state).toBe('waiting');
    expect(task).toMatchObject({ kind: 'disk.allocate', resource: { id: disk.id } });
    expect((await untilState(disk.id, 'ready')).allocatedBytes).toBeGreaterThanOrEqual(4 * MIB);
  });

  it('is not made on a full disk', async () => {
    test.settings.capacity.freeDiskBytes = 2 ** 52;
    expect(await problemOf(empty())).toMatchObject({ status: 507, code: 'disk-full' });
    expect(await disks().list()).toEqual([]);
    expect(await filesThere()).toEqual([]);
  });

  it('does not share its name', async () => {
    await empty();
    expect((await problemOf(empty())).code).toBe('name-taken');
    expect(await disks().list()).toHaveLength(1);
    expect(await filesThere()).toHaveLength(1);
  });

  it.each([
    [0, 'At least 1 MiB.'],
    [MIB + 1, 'A multiple of 512 bytes.'],
    [2 ** 50, 'At most 8 TiB.'],
  ])('cannot have %d bytes', (sizeBytes, message) => {
    const parsed = createDiskSchema.safeParse({ from: 'empty', name: 'a', sizeBytes });
    expect(parsed.error?.issues[0]?.message).toBe(message);
  });
});

describe('a disk from an image', () => {
  it('is a copy, made by a task, with holes where the image has them', async () => {
    const content = randomBytes(2 * MIB);
    const imageId = await image(content);
    const { disk, task } = await make({ from: 'image', name: 'root', imageId });
    expect(task).toMatchObject({ kind: 'disk.copy', user: { name: 'ada' } });
    const ready = await untilState(disk.id, 'ready');
    expect(ready).toMatchObject({ sizeBytes: 4 * MIB, imageId });
    expect(ready.allocatedBytes).toBeLessThan(3 * MIB);
    const copy = await readFile(fileOf(disk.id));
    expect(copy.subarray(0, 2 * MIB).equals(content)).toBe(true);
    await writeFile(fileOf(disk.id), 'changed');
    expect((await readFile(join(test.directory, 'images', imageId))).subarray(0, 10)).toEqual(
      content.subarray(0, 10),
    );
  });

  it('may be larger than the image, and never smaller', async () => {
    const imageId = await image();
    const { disk } = await make({ from: 'image', name: 'a', imageId, sizeBytes: 16 * MIB });
    expect((await untilState(disk.id, 'ready')).sizeBytes).toBe(16 * MIB);
    expect((await stat(fileOf(disk.id))).size).toBe(16 * MIB);
    const small = make({ from: 'image', name: 'b', imageId, sizeBytes: 2 * MIB });
    expect((await problemOf(small)).errors?.[0]?.path).toBe('sizeBytes');
    await test.storage.library.delete(imageId);
    expect((await disks().get(disk.id)).imageId).toBeNull();
  });

  it('keeps its image from being deleted while it is copied, also while that waits', async () => {
    const imageId = await image();
    await test.stop();
    // No task begins before all is opened.
    await test.start(async () => {
      await make({ from: 'image', name: 'root', imageId });
      const problem = await problemOf(test.storage.library.delete(imageId));
      expect(problem).toMatchObject({ status: 409, code: 'image-in-use' });
      expect(problem.detail).toContain('the disk "root"');
    });
    const [disk] = await disks().list();
    await untilState(disk?.id ?? '', 'ready');
    await eventually(() => test.storage.library.delete(imageId));
  });

  it('is gone when its task is cancelled', async () => {
    const imageId = await image();
    await test.stop();
    await test.start(async () => {
      const { task } = await make({ from: 'image', name: 'root', imageId });
      await test.storage.tasks.cancel(task?.id ?? '', USER);
    });
    await eventually(async () => expect(await disks().list()).toEqual([]));
    await eventually(async () => expect(await filesThere()).toEqual([]));
    await test.storage.library.delete(imageId);
  });

  it('that cannot be made stays, with why, and can be deleted', async () => {
    const imageId = await image();
    await rm(join(test.directory, 'images', imageId));
    const { disk } = await make({ from: 'image', name: 'root', imageId });
    expect((await untilState(disk.id, 'failed')).problem?.code).toBe('task-failed');
    await eventually(() => disks().delete(disk.id));
  });

  it('is refused when there is no such image, or it is no disk', async () => {
    const wanted = make({ from: 'image', name: 'root', imageId: 'nobody' });
    expect((await problemOf(wanted)).code).toBe('image-missing');
    const imageId = await image();
    await test.database.image.update({ where: { id: imageId }, data: { kind: 'kernel' } });
    const kernel = make({ from: 'image', name: 'root', imageId });
    expect((await problemOf(kernel)).code).toBe('image-wrong-kind');
    expect(await disks().list()).toEqual([]);
  });
});

describe('growing', () => {
  it('makes the file larger, tells the machine, and keeps what is in it', async () => {
    const { id, revision } = await empty();
    await test.addMachine('web');
    await disks().attach(id, 'web');
    test.setState('web', 'running');
    await writeFile(fileOf(id), 'data', { flag: 'r+' });
    const grown = await disks().grow(id, 32 * MIB);
    expect(grown.sizeBytes).toBe(32 * MIB);
    expect(grown.revision).toBeGreaterThan(revision);
    expect(test.resized).toEqual([`web ${id}`]);
    const content = await readFile(fileOf(id));
    expect(content.length).toBe(32 * MIB);
    expect(content.toString('latin1', 0, 4)).toBe('data');
  });

  it('is never shrinking', async () => {
    const { id } = await empty();
    expect(await problemOf(disks().grow(id, 4 * MIB))).toMatchObject({ status: 422 });
    expect((await stat(fileOf(id))).size).toBe(8 * MIB);
  });

  it('from what is not there any more is refused', async () => {
    const { id, revision } = await empty();
    await disks().change(id, { name: 'other' }, revision);
    const late = disks().grow(id, 16 * MIB, revision);
    expect(await problemOf(late)).toMatchObject({ status: 412, code: 'changed-meanwhile' });
    expect((await stat(fileOf(id))).size).toBe(8 * MIB);
  });

  it('at the same time: one of two that grow the same revision wins', async () => {
    const { id, revision } = await empty();
    const results = await Promise.allSettled([
      disks().grow(id, 16 * MIB, revision),
      disks().grow(id, 32 * MIB, revision),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((await disks().get(id)).sizeBytes).toBe(16 * MIB);
  });

  it('while it is deleted: it is gone, or was grown before', async () => {
    const { id } = await empty();
    const growing = disks()
      .grow(id, 16 * MIB)
      .then(
        () => 'grown',
        (error: unknown) => (isProblemError(error) ? error.problem.code : String(error)),
      );
    await disks().delete(id);
    expect(['grown', 'not-found']).toContain(await growing);
    expect((await problemOf(disks().grow(id, 32 * MIB))).code).toBe('not-found');
    await expect(stat(fileOf(id))).rejects.toThrow('ENOENT');
  });

  it('is done even when the machine cannot be told, and somebody is', async () => {
    const { id } = await empty();
    await test.addMachine('web');
    await disks().attach(id, 'web');
    test.resizeError = new Error('no answer');
    expect((await disks().grow(id, 16 * MIB)).sizeBytes).toBe(16 * MIB);
    expect(test.events).toContainEqual(
      expect.objectContaining({ type: 'host.notice', code: 'disk-growth-unseen' }),
    );
  });
});

describe('attaching', () => {
  beforeEach(async () => {
    await test.addMachine('web');
    await test.addMachine('db');
  });

  it('gives a machine its disks in their order', async () => {
    const [a, b, c] = [await empty('a'), await empty('b'), await empty('c')];
    await disks().attach(b.id, 'web', 5);
    expect((await disks().attach(a.id, 'web')).position).toBe(0);
    expect((await disks().attach(c.id, 'web')).position).toBe(1);
    await disks().change(c.id, { readOnly: true });
    expect(await disks().specsFor('web')).toEqual([
      { id: a.id, path: fileOf(a.id), readOnly: false },
      { id: c.id, path: fileOf(c.id), readOnly: true },
      { id: b.id, path: fileOf(b.id), readOnly: false },
    ]);
    expect((await disks().list('web')).map(({ name }) => name)).toEqual(['a', 'c', 'b']);
    expect(await disks().specsFor('db')).toEqual([]);
  });

  it('one disk to two machines at the same time: one wins', async () => {
    const { id } = await empty();
    const results = await Promise.allSettled([disks().attach(id, 'web'), disks().attach(id, 'db')]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const machines = [await disks().specsFor('web'), await disks().specsFor('db')];
    expect(machines.flat()).toHaveLength(1);
    const again = await problemOf(disks().attach(id, 'db'));
    expect(again).toMatchObject({ status: 409, code: 'disk-attached' });
  });

  it('two disks to one place at the same time: one wins', async () => {
    const [a, b] = [await empty('a'), await empty('b')];
    const results = await Promise.allSettled([
      disks().attach(a.id, 'web', 3),
      disks().attach(b.id, 'web', 3),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((await problemOf(disks().attach(b.id, 'web', 3))).detail).toContain('"a"');
  });

  it.each(['starting', 'running', 'paused', 'stopping'] as const)(
    'is refused while the machine is %s, and so is detaching',
    async (state) => {
      const [a, b] = [await empty('a'), await empty('b')];
      await disks().attach(a.id, 'web');
      test.setState('web', state);
      for (const refused of [
        () => disks().attach(b.id, 'web'),
        () => disks().detach(a.id),
        () => disks().change(a.id, { readOnly: true }),
      ]) {
        expect(await problemOf(refused())).toMatchObject({
          status: 409,
          code: 'machine-not-stopped',
        });
      }
      await disks().change(a.id, { name: 'renamed' });
    },
  );

  it('that comes while the machine begins to start is seen by it or refused', async () => {
    const { id } = await empty();
    const attaching = Promise.allSettled([disks().attach(id, 'web')]);
    // As the machines do it: first the state, then the question.
    test.setState('web', 'starting');
    const specs = await disks().specsFor('web');
    const [result] = await attaching;
    expect(specs).toHaveLength(result?.status === 'fulfilled' ? 1 : 0);
  });

  it('is refused for a machine nobody knows, or one that has too many', async () => {
    const { id } = await empty();
    expect((await problemOf(disks().attach(id, 'nobody'))).status).toBe(404);
    for (let i = 0; i < MAX_MACHINE_DISKS; i += 1) {
      await disks().attach((await empty(`disk ${i}`)).id, 'web');
    }
    expect((await problemOf(disks().attach(id, 'web'))).code).toBe('too-many-disks');
  });

  it('can be undone, and the disk goes to another machine', async () => {
    const { id } = await empty();
    await disks().attach(id, 'web');
    expect(await disks().detach(id)).toMatchObject({ vmId: null, position: null });
    expect((await problemOf(disks().detach(id))).code).toBe('disk-not-attached');
    expect((await disks().attach(id, 'db')).vmId).toBe('db');
  });

  it('ends with the machine, and the disk stays', async () => {
    const { id } = await empty();
    await disks().attach(id, 'web');
    test.machines.delete('web');
    await disks().releaseAll('web');
    await test.database.vm.delete({ where: { id: 'web' } });
    expect(await disks().get(id)).toMatchObject({ vmId: null, state: 'ready' });
  });

  it('keeps a machine from starting with a disk that cannot be used', async () => {
    const { id } = await empty();
    await disks().attach(id, 'web');
    await test.database.disk.update({ where: { id }, data: { state: 'failed' } });
    expect(await problemOf(disks().specsFor('web'))).toMatchObject({ code: 'disk-not-ready' });
  });
});

describe('deleting', () => {
  it('removes the row and the file', async () => {
    const { id } = await empty();
    await disks().delete(id);
    expect(await disks().list()).toEqual([]);
    expect(await filesThere()).toEqual([]);
    expect(test.events.at(-1)).toEqual({ type: 'disk.deleted', id });
    expect((await problemOf(disks().delete(id))).status).toBe(404);
  });

  it('is refused while it is attached, with the machine that has it', async () => {
    const { id } = await empty();
    await test.addMachine('web');
    await disks().attach(id, 'web');
    const problem = await problemOf(disks().delete(id));
    expect(problem).toMatchObject({ status: 409, code: 'disk-attached' });
    expect(problem.detail).toContain('"web"');
  });

  it('while somebody attaches it: it is attached or gone, not both', async () => {
    const { id } = await empty();
    await test.addMachine('web');
    await Promise.allSettled([disks().attach(id, 'web'), disks().delete(id)]);
    const specs = await disks().specsFor('web');
    expect(await filesThere()).toHaveLength(specs.length);
  });
});

describe('after the console was killed', () => {
  const left = async (more: object) => {
    const id = crypto.randomUUID();
    const row = { id, name: id, sizeBytes: BigInt(4 * MIB), createdAt: new Date() };
    await test.database.disk.create({ data: { ...row, state: 'waiting', ...more } });
    return id;
  };

  it('while it copied, the copy is made anew', async () => {
    const content = randomBytes(2 * MIB);
    const imageId = await image(content);
    const taskId = crypto.randomUUID();
    const id = await left({ imageId, taskId });
    await writeFile(`${fileOf(id)}.part`, 'half of it');
    await test.database.task.create({
      data: {
        ...{ id: taskId, kind: 'disk.copy', state: 'running', step: 'Copying' },
        ...{ resourceKind: 'disk', resourceId: id, resourceName: id, userId: 'u', userName: 'ada' },
        params: { attempts: 1, params: { imageId } },
        createdAt: new Date(),
      },
    });
    await test.stop();
    await test.start(async () => {
      expect((await problemOf(test.storage.library.delete(imageId))).code).toBe('image-in-use');
    });
    await untilState(id, 'ready');
    expect((await readFile(fileOf(id))).subarray(0, 2 * MIB).equals(content)).toBe(true);
    expect(await filesThere()).toEqual([`${id}.raw`]);
    await eventually(() => test.storage.library.delete(imageId));
  });

  it('while it made a disk nobody was told of, nothing is left', async () => {
    const id = await left({});
    await writeFile(fileOf(id), '');
    // This one died between its row and that of the task that would have made it.
    const other = await left({ taskId: crypto.randomUUID() });
    await writeFile(`${fileOf(other)}.part`, 'half of it');
    await test.restart();
    expect(await disks().list()).toEqual([]);
    expect(await filesThere()).toEqual([]);
  });

  it('while a task ran that is not begun again, the disk says so', async () => {
    const taskId = crypto.randomUUID();
    const id = await left({ taskId });
    await writeFile(`${fileOf(id)}.part`, 'half of it');
    await test.database.task.create({
      data: {
        ...{ id: taskId, kind: 'disk.of-another-version', state: 'running', step: '' },
        ...{ resourceKind: 'disk', resourceId: id, resourceName: id, userId: 'u', userName: 'ada' },
        params: { attempts: 1, params: {} },
        createdAt: new Date(),
      },
    });
    await test.restart();
    expect(await disks().get(id)).toMatchObject({
      state: 'failed',
      problem: { code: 'task-interrupted' },
    });
    expect(await filesThere()).toEqual([]);
  });

  it('while it grew, the disk has the size of its file', async () => {
    const { id } = await empty();
    await truncate(fileOf(id), 16 * MIB);
    await test.restart();
    expect((await disks().get(id)).sizeBytes).toBe(16 * MIB);
  });

  it('while it deleted, the deletion is whole or undone', async () => {
    const [a, b] = [await empty('a'), await empty('b')];
    await rename(fileOf(a.id), `${fileOf(a.id)}.deleted`);
    await rename(fileOf(b.id), `${fileOf(b.id)}.deleted`);
    await test.database.disk.delete({ where: { id: b.id } });
    await test.restart();
    expect(await disks().list()).toMatchObject([{ id: a.id, state: 'ready' }]);
    expect(await filesThere()).toEqual([`${a.id}.raw`]);
  });

  it('a disk whose file is lost says so, and is well again when the file is back', async () => {
    const { id } = await empty();
    await rename(fileOf(id), join(test.directory, 'elsewhere'));
    await test.restart();
    expect(await disks().get(id)).toMatchObject({
      state: 'failed',
      problem: { code: 'file-lost' },
      allocatedBytes: null,
    });
    await rename(join(test.directory, 'elsewhere'), fileOf(id));
    await test.restart();
    expect(await disks().get(id)).toMatchObject({ state: 'ready', problem: null });
  });

  it('a whole file nobody knows is left alone and told of', async () => {
    const id = crypto.randomUUID();
    await writeFile(fileOf(id), 'somebody may need it');
    await test.restart();
    expect(await filesThere()).toEqual([`${id}.raw`]);
    expect(test.events).toContainEqual(
      expect.objectContaining({ type: 'host.notice', code: 'unknown-disk-file' }),
    );
  });
});
