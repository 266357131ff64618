import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rename } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ImportImage, importImageSchema, type StoredImage } from '../../api/images';
import { TestStorage } from '../../storage/testing/test-storage';
import { eventually } from '../../testing/eventually';
import { problemOf } from '../../testing/problems';

const MIB = 1024 * 1024;
const USER = { id: 'u', name: 'ada' };
const CONTENT = randomBytes(2 * MIB);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

let test: TestStorage;
let server: Server;
let handler: RequestListener;

beforeEach(async () => {
  test = await TestStorage.open();
  handler = (_request, response) => response.end(CONTENT);
  server = createServer((request, response) => handler(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

afterEach(async () => {
  await test.close();
  server.close();
  server.closeAllConnections();
});

const library = () => test.storage.library;
const filesThere = () => readdir(join(test.directory, 'images'));

function fetchImage(more: Partial<ImportImage> = {}) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian.raw`;
  const input = { name: 'debian', kind: 'disk', url, sha256: SHA256, ...more };
  return test.storage.imports.begin(importImageSchema.parse(input), USER);
}

function untilState(id: string, state: StoredImage['state']): Promise<StoredImage> {
  return eventually(async () => {
    const image = await library().get(id);
    expect(image.state).toBe(state);
    return image;
  });
}

/** Imports are answered only in part, until the test ends. */
function stall(): void {
  handler = (_request, response) => {
    response.setHeader('content-length', CONTENT.length);
    response.write(CONTENT.subarray(0, MIB));
  };
}

describe('an image from an address', () => {
  it('is fetched by a task, and is what it should be', async () => {
    const task = await fetchImage();
    expect(task).toMatchObject({ kind: 'image.import', user: USER, resource: { kind: 'image' } });
    const { id } = task.resource;
    expect(await untilState(id, 'ready')).toMatchObject({
      sha256: SHA256,
      source: 'url',
      format: 'raw',
    });
    expect(CONTENT.equals(await readFile(join(test.directory, 'images', id)))).toBe(true);
    expect(await filesThere()).toEqual([id]);
  });

  it('that is another file is refused, and nothing of it stays', async () => {
    const { resource } = await fetchImage({ sha256: '0'.repeat(64) });
    expect((await untilState(resource.id, 'failed')).problem?.code).toBe('sha256-mismatch');
    expect(await filesThere()).toEqual([]);
  });

  it('that has more than may be is refused', async () => {
    const { resource } = await fetchImage({ maxBytes: 1000 });
    expect((await untilState(resource.id, 'failed')).problem?.code).toBe('import-too-large');
    test.settings.images.maxBytes = MIB;
    const other = await fetchImage({ name: 'other', maxBytes: 100 * MIB });
    expect((await untilState(other.resource.id, 'failed')).problem?.code).toBe('import-too-large');
    expect(await filesThere()).toEqual([]);
  });

  it('tells how far it is, and is gone when it is cancelled', async () => {
    stall();
    const task = await fetchImage();
    await eventually(async () => {
      expect((await test.storage.tasks.get(task.id)).fraction).toBe(0.5);
    });
    expect((await problemOf(library().delete(task.resource.id))).code).toBe('image-busy');
    await test.storage.tasks.cancel(task.id, USER);
    await eventually(async () => expect(await library().list()).toEqual([]));
    await eventually(async () => expect(await filesThere()).toEqual([]));
    const { id } = task.resource;
    await eventually(() => expect(test.events).toContainEqual({ type: 'image.deleted', id }));
  });

  it('is fetched anew by the next console when this one ends', async () => {
    stall();
    const task = await fetchImage();
    await eventually(async () => expect(await filesThere()).toEqual([`${task.resource.id}.part`]));
    await test.stop();
    handler = (_request, response) => response.end(CONTENT);
    await test.start();
    await untilState(task.resource.id, 'ready');
    expect(await filesThere()).toEqual([task.resource.id]);
  });

  it('that nobody was told of is not there after a crash, so that its name is free', async () => {
    const id = crypto.randomUUID();
    await test.database.image.create({
      data: {
        ...{ id, name: 'debian', kind: 'disk', source: 'url', state: 'waiting' },
        ...{ format: '', fileBytes: 0, sizeBytes: 0, createdAt: new Date() },
        taskId: crypto.randomUUID(),
      },
    });
    await test.restart();
    expect(await library().list()).toEqual([]);
    const task = await fetchImage();
    await untilState(task.resource.id, 'ready');
  });

  it('whose address may hold a secret keeps that nowhere, and is not fetched anew', async () => {
    stall();
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/a.raw?signature=hunter2#part`;
    const task = await fetchImage({ url });
    await eventually(async () => expect(await filesThere()).toHaveLength(1));
    const image = await library().get(task.resource.id);
    expect(image.sourceUrl).toBe(`http://127.0.0.1:${port}/a.raw`);
    await test.restart();
    expect((await library().get(task.resource.id)).problem?.code).toBe('task-interrupted');
    const kept = [await test.database.task.findMany(), await test.database.taskLine.findMany()];
    expect(JSON.stringify([kept, test.events])).not.toContain('hunter2');
    expect(await filesThere()).toEqual([]);
  });

  it('is refused at once for an address nothing is fetched from', async () => {
    for (const url of ['ftp://example.org/a', 'file:///etc/passwd', 'not an address']) {
      const input = { name: 'a', kind: 'disk', url, sha256: SHA256 };
      expect(importImageSchema.safeParse(input).error?.issues[0]?.path).toEqual(['url']);
    }
    const refused = fetchImage({ url: 'http://user:word@example.org/a' });
    expect((await problemOf(refused)).code).toBe('import-url-refused');
    expect(await library().list()).toEqual([]);
  });
});

describe('an image', () => {
  const ready = async (more: Partial<ImportImage> = {}) => {
    const { resource } = await fetchImage(more);
    await untilState(resource.id, 'ready');
    await eventually(async () => {
      const { taskId } = await library().get(resource.id);
      expect(test.storage.tasks.isLive(taskId ?? '')).toBe(false);
    });
    return resource.id;
  };

  it('is renamed and described, but not like another', async () => {
    const [a, b] = [await ready({ name: 'a' }), await ready({ name: 'b' })];
    expect(await library().change(a, { name: 'c', notes: 'line\nline' })).toMatchObject({
      name: 'c',
      notes: 'line\nline',
    });
    expect((await problemOf(library().change(b, { name: 'c' }))).code).toBe('name-taken');
    expect((await problemOf(library().change('nobody', { name: 'x' }))).status).toBe(404);
  });

  it('that a machine boots from is not deleted, and the reason names the machine', async () => {
    const kernel = Buffer.concat([Buffer.from('\x7fELF', 'latin1'), Buffer.alloc(60)]);
    kernel.writeUInt16LE(62, 18);
    handler = (_request, response) => response.end(kernel);
    const sha256 = createHash('sha256').update(kernel).digest('hex');
    const id = await ready({ kind: 'kernel', sha256 });
    await test.addMachine('web', 'stopped', { boot: { from: 'kernel', kernelId: id } });
    const problem = await problemOf(library().delete(id));
    expect(problem).toMatchObject({ status: 409, code: 'image-in-use' });
    expect(problem.detail).toContain('the machine "web"');
    const config = test.machines.get('web')?.config.boot;
    if (config === undefined) throw new Error('no machine');
    const { machineParts } = test.storage;
    const files = await machineParts.bootFiles(config, new AbortController().signal, () => {});
    expect(await readFile(files.kernel)).toEqual(kernel);
    await machineParts.checkBoot(config);
    const wrong = { from: 'kernel', kernelId: id, initrdId: id, cmdline: '' } as const;
    expect((await problemOf(machineParts.checkBoot(wrong))).code).toBe('image-wrong-kind');
    test.machines.delete('web');
    await library().delete(id);
    expect(await filesThere()).toEqual([]);
    expect((await problemOf(machineParts.checkBoot(config))).code).toBe('image-missing');
  });

  it('that is being read is not deleted before it was read', async () => {
    const id = await ready();
    const first = await library().use(id, 'disk', 'one reader');
    const second = await library().use(id, 'disk', 'another reader');
    first.release();
    first.release();
    expect((await problemOf(library().delete(id))).detail).toContain('another reader');
    const third = await library().use(id, 'disk', 'another reader');
    second.release();
    expect((await problemOf(library().delete(id))).detail).toContain('another reader');
    third.release();
    await library().delete(id);
    expect((await problemOf(library().use(id, 'disk', 'late'))).code).toBe('image-missing');
  });

  it('whose file is lost says so, and is well again when the file is back', async () => {
    const id = await ready();
    const path = join(test.directory, 'images', id);
    await rename(path, join(test.directory, 'away'));
    await test.restart();
    expect(await library().get(id)).toMatchObject({
      state: 'failed',
      problem: { code: 'file-lost' },
    });
    expect((await problemOf(library().use(id, 'disk', 'x'))).code).toBe('image-not-ready');
    await rename(join(test.directory, 'away'), path);
    await test.restart();
    expect(await library().get(id)).toMatchObject({ state: 'ready', problem: null });
  });
});
