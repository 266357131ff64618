import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredImage } from '../api/images';
import { type CreateUpload, createUploadSchema, uploadSchema } from '../api/uploads';
import { LibraryStore } from '../images/library/library-store';
import { silentLog } from '../log/log';
import { SpaceLedger } from '../storage/space';
import { StoredFiles } from '../storage/stored-files';
import { TestStorage } from '../storage/testing/test-storage';
import { eventually } from '../testing/eventually';
import { problemOf } from '../testing/problems';
import { UploadService } from './upload-service';
import { UploadStore } from './upload-store';

const MIB = 1024 * 1024;
const ADA = { id: 'u', name: 'ada', role: 'operator' } as const;
const BOB = { id: 'b', name: 'bob', role: 'operator' } as const;
const ROOT = { id: 'r', name: 'root', role: 'admin' } as const;

/** A raw disk; random, so that no part of it is like another. */
const CONTENT = randomBytes(3 * MIB);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

let test: TestStorage;

beforeEach(async () => {
  test = await TestStorage.open();
});

afterEach(() => test.close());

const uploads = () => test.storage.uploads;
const filesIn = async (name: string) => (await readdir(join(test.directory, name))).sort();

async function begin(more: Partial<CreateUpload> = {}): Promise<string> {
  const input = { name: 'debian', kind: 'disk', sizeBytes: CONTENT.length, ...more };
  const upload = await uploads().create(createUploadSchema.parse(input), ADA);
  return uploadSchema.parse(upload).id;
}

/** A request's body in pieces; it fails at its end when `cut`. */
function body(
  bytes: Uint8Array,
  { cut = false, piece = 100_000 } = {},
): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (at >= bytes.length) {
        if (cut) controller.error(new Error('aborted'));
        else controller.close();
        return;
      }
      controller.enqueue(bytes.subarray(at, at + piece));
      at += piece;
    },
  });
}

/** A body of which more comes when it is told to. */
function slowBody() {
  let push = (_bytes: Uint8Array) => {};
  let isRead = () => false;
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      push = (bytes) => controller.enqueue(bytes);
      // All that was pushed: of the room for one piece, nothing is taken.
      isRead = () => controller.desiredSize === 1;
    },
    cancel: () => {
      cancelled = true;
    },
  });
  return {
    stream,
    push: (bytes: Uint8Array) => push(bytes),
    isRead: () => isRead(),
    isCancelled: () => cancelled,
  };
}

async function whole(more: Partial<CreateUpload> = {}, content: Buffer = CONTENT): Promise<string> {
  const id = await begin({ sizeBytes: content.length, ...more });
  await uploads().write(id, 0, body(content), ADA);
  return id;
}

function untilState(id: string, state: StoredImage['state']): Promise<StoredImage> {
  return eventually(async () => {
    const image = await test.storage.library.get(id);
    expect(image.state).toBe(state);
    return image;
  });
}

describe('an upload', () => {
  it('becomes an image of the same id, with what was sent and nothing left over', async () => {
    const id = await begin({ sha256: SHA256.toUpperCase() });
    const half = CONTENT.length / 2;
    expect(await uploads().write(id, 0, body(CONTENT.subarray(0, half)), ADA)).toMatchObject({
      receivedBytes: half,
    });
    await uploads().write(id, half, body(CONTENT.subarray(half)), ADA);
    const task = await uploads().complete(id, ADA);
    expect(task).toMatchObject({ kind: 'image.upload', resource: { id, name: 'debian' } });
    expect(await untilState(id, 'ready')).toMatchObject({
      kind: 'disk',
      source: 'upload',
      format: 'raw',
      sizeBytes: CONTENT.length,
      sha256: SHA256,
      problem: null,
    });
    expect(CONTENT.equals(await readFile(join(test.directory, 'images', id)))).toBe(true);
    await eventually(async () => expect(await uploads().list(ADA)).toEqual([]));
    expect(await filesIn('uploads')).toEqual([]);
    expect(await filesIn('images')).toEqual([id]);
  });

  it('is completed once, however often it is asked for', async () => {
    const id = await whole();
    const [first, second] = await Promise.all([
      uploads().complete(id, ADA),
      uploads().complete(id, ADA),
    ]);
    expect(second.id).toBe(first.id);
    await untilState(id, 'ready');
    expect((await uploads().complete(id, ADA)).id).toBe(first.id);
  });

  it('of an odd number of bytes is a disk of whole sectors, with the hash of what was sent', async () => {
    const content = randomBytes(1000);
    const id = await whole({}, content);
    await uploads().complete(id, ADA);
    expect(await untilState(id, 'ready')).toMatchObject({
      sizeBytes: 1024,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    const { size } = await stat(join(test.directory, 'images', id));
    expect(size).toBe(1024);
  });

  it('of zeros takes no space', async () => {
    const id = await whole({}, Buffer.alloc(8 * MIB));
    await uploads().complete(id, ADA);
    expect((await untilState(id, 'ready')).fileBytes).toBeLessThan(MIB);
  });

  it('of a qcow2 is kept as raw', async () => {
    const run = promisify(execFile);
    const [raw, qcow2] = [join(test.directory, 'a.raw'), join(test.directory, 'a.qcow2')];
    await writeFile(raw, CONTENT);
    await run('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, qcow2]);
    const content = await readFile(qcow2);
    const id = await whole({}, content);
    await uploads().complete(id, ADA);
    expect(await untilState(id, 'ready')).toMatchObject({
      format: 'qcow2',
      sizeBytes: CONTENT.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    const image = join(test.directory, 'images', id);
    await run('qemu-img', ['compare', '-f', 'raw', '-F', 'raw', raw, image]);
    await eventually(async () => expect(await filesIn('uploads')).toEqual([]));
    expect(await filesIn('images')).toEqual([id]);
  });

  it.each([
    [
      'kernel',
      Buffer.concat([Buffer.from('\x7fELF', 'latin1'), Buffer.alloc(14), Buffer.from([62, 0])]),
    ],
    ['initrd', Buffer.concat([Buffer.from([0x1f, 0x8b]), randomBytes(1000)])],
  ] as const)('of a %s is one', async (kind, content) => {
    const id = await whole({ kind }, content);
    await uploads().complete(id, ADA);
    expect((await untilState(id, 'ready')).sizeBytes).toBe(content.length);
    const { library } = test.storage;
    expect(await readFile(await library.pathOf(id, kind))).toEqual(content);
    expect((await problemOf(library.pathOf(id, 'disk'))).code).toBe('image-wrong-kind');
  });
});

describe('a chunk', () => {
  it('at the wrong place is refused with the right one', async () => {
    const id = await begin();
    await uploads().write(id, 0, body(CONTENT.subarray(0, 1000)), ADA);
    for (const offset of [0, 999, 1001]) {
      const problem = await problemOf(uploads().write(id, offset, body(CONTENT), ADA));
      expect(problem).toMatchObject({ status: 409, code: 'wrong-offset', hint: 'Go on at 1000.' });
    }
    expect((await uploads().get(id, ADA)).receivedBytes).toBe(1000);
  });

  it('that is cut off counts as far as it came', async () => {
    const id = await begin();
    const cut = uploads().write(id, 0, body(CONTENT.subarray(0, MIB), { cut: true }), ADA);
    expect((await problemOf(cut)).code).toBe('upload-cut-off');
    const { receivedBytes } = await uploads().get(id, ADA);
    expect(receivedBytes).toBe(MIB);
    await uploads().write(id, MIB, body(CONTENT.subarray(MIB)), ADA);
    await uploads().complete(id, ADA);
    expect((await untilState(id, 'ready')).sha256).toBe(SHA256);
  });

  it('of which nothing comes any more ends, and its connection is let go', async () => {
    const id = await begin();
    const { storage, directory } = test;
    const impatient = new UploadService({
      store: new UploadStore(test.database),
      files: new StoredFiles(join(directory, 'uploads'), ''),
      imageFiles: new StoredFiles(join(directory, 'images'), ''),
      library: storage.library,
      space: new SpaceLedger(directory, () => 0),
      tasks: storage.tasks,
      maxBytes: () => MIB,
      log: silentLog,
      idleMs: 50,
    });
    const slow = slowBody();
    slow.push(CONTENT.subarray(0, 1000));
    expect((await problemOf(impatient.write(id, 0, slow.stream, ADA))).code).toBe('upload-cut-off');
    expect(slow.isCancelled()).toBe(true);
    expect((await uploads().get(id, ADA)).receivedBytes).toBe(1000);
  });

  it('with more than was announced is refused, and not written', async () => {
    const id = await begin({ sizeBytes: 1000 });
    const problem = await problemOf(uploads().write(id, 0, body(CONTENT), ADA));
    expect(problem).toMatchObject({ status: 413, code: 'upload-too-long' });
    expect((await stat(join(test.directory, 'uploads', id))).size).toBeLessThanOrEqual(1000);
  });

  it('with more than was announced is read on, for the next request comes behind it', async () => {
    const id = await begin({ sizeBytes: 1000 });
    const long = slowBody();
    const writing = problemOf(uploads().write(id, 0, long.stream, ADA));
    long.push(CONTENT);
    expect((await writing).code).toBe('upload-too-long');
    long.push(CONTENT);
    await eventually(() => expect(long.isRead()).toBe(true));
    expect(long.isCancelled()).toBe(false);
    for (let sent = 0; sent < 64 * MIB; sent += MIB) long.push(Buffer.alloc(MIB));
    await eventually(() => expect(long.isCancelled()).toBe(true));
  });

  it('ends when a later one comes, which goes on behind it', async () => {
    const id = await begin();
    const lost = slowBody();
    const first = uploads().write(id, 0, lost.stream, ADA);
    lost.push(CONTENT.subarray(0, 1000));
    await eventually(async () => {
      expect((await stat(join(test.directory, 'uploads', id))).size).toBe(1000);
    });
    // As a sender does that knows of nothing that came.
    const [taken, late] = await Promise.all([
      problemOf(first),
      problemOf(uploads().write(id, 0, body(CONTENT), ADA)),
    ]);
    expect(taken.code).toBe('upload-taken-over');
    expect(late).toMatchObject({ code: 'wrong-offset', hint: 'Go on at 1000.' });
    expect(lost.isCancelled()).toBe(true);
    await uploads().write(id, 1000, body(CONTENT.subarray(1000)), ADA);
    expect((await uploads().get(id, ADA)).receivedBytes).toBe(CONTENT.length);
  });

  it('holds no more than a piece of itself in memory', async () => {
    const size = 256 * MIB;
    const id = await begin({ sizeBytes: size });
    const piece = new Uint8Array(64 * 1024);
    let sent = 0;
    let most = 0;
    const stream = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          if (sent === size) return controller.close();
          sent += piece.length;
          most = Math.max(most, process.memoryUsage().arrayBuffers);
          controller.enqueue(piece);
        },
      },
      { highWaterMark: 0 },
    );
    await uploads().write(id, 0, stream, ADA);
    expect((await uploads().get(id, ADA)).receivedBytes).toBe(size);
    expect(most).toBeLessThan(96 * MIB);
  });
});

describe('an upload is refused', () => {
  it('when it is larger than it may be, or there is no room', async () => {
    test.settings.images.maxBytes = MIB;
    expect(await problemOf(begin())).toMatchObject({ status: 422, code: 'file-too-large' });
    test.settings.images.maxBytes = 100 * MIB;
    test.settings.capacity.freeDiskBytes = 2 ** 52;
    expect(await problemOf(begin())).toMatchObject({ status: 507, code: 'disk-full' });
    expect(await filesIn('uploads')).toEqual([]);
  });

  it('when its user has too many', async () => {
    for (let i = 0; i < 20; i += 1) await begin({ sizeBytes: 1 });
    expect((await problemOf(begin({ sizeBytes: 1 }))).code).toBe('too-many-uploads');
  });

  it('to everybody but its user and administrators', async () => {
    const id = await begin();
    for (const refused of [
      () => uploads().get(id, BOB),
      () => uploads().write(id, 0, body(CONTENT), BOB),
      () => uploads().complete(id, BOB),
      () => uploads().abort(id, BOB),
    ]) {
      expect((await problemOf(refused())).status).toBe(404);
    }
    expect(await uploads().list(BOB)).toEqual([]);
    expect(await uploads().list(ROOT)).toHaveLength(1);
    await uploads().abort(id, ROOT);
  });

  it('to be completed before all is there', async () => {
    const id = await begin();
    await uploads().write(id, 0, body(CONTENT.subarray(0, 1000)), ADA);
    expect(await problemOf(uploads().complete(id, ADA))).toMatchObject({
      status: 409,
      code: 'upload-incomplete',
    });
  });
});

describe('an upload that cannot be used', () => {
  it('because it is another file says so, and is removed', async () => {
    const id = await whole({ sha256: '0'.repeat(64) });
    await uploads().complete(id, ADA);
    expect((await untilState(id, 'failed')).problem?.code).toBe('sha256-mismatch');
    await eventually(async () => expect(await filesIn('uploads')).toEqual([]));
    expect(await filesIn('images')).toEqual([]);
    await eventually(() => test.storage.library.delete(id));
    expect(await test.storage.library.list()).toEqual([]);
  });

  it('because of what it is, too', async () => {
    const id = await whole({ kind: 'kernel' });
    await uploads().complete(id, ADA);
    const failed = await untilState(id, 'failed');
    expect(failed.problem?.code).toBe('image-format-refused');
    const task = await eventually(async () => {
      const found = await test.storage.tasks.get(failed.taskId ?? '');
      expect(found.state).toBe('failed');
      return found;
    });
    expect(task.problem).toEqual(failed.problem);
  });

  it('because its name is taken stays, and can be completed once that is free', async () => {
    const [first, second] = [await whole(), await whole()];
    await uploads().complete(first, ADA);
    expect((await problemOf(uploads().complete(second, ADA))).code).toBe('name-taken');
    await untilState(first, 'ready');
    await test.storage.library.change(first, { name: 'older', notes: 'the one from spring' });
    await uploads().complete(second, ADA);
    await untilState(second, 'ready');
    expect((await test.storage.library.list()).map(({ name }) => name)).toEqual([
      'older',
      'debian',
    ]);
  });

  it('because of the host stays, and can be completed later', async () => {
    const id = await whole();
    const path = join(test.directory, 'uploads', id);
    await rename(path, `${path}-away`);
    await uploads().complete(id, ADA);
    await untilState(id, 'failed');
    await rename(`${path}-away`, path);
    await eventually(() => uploads().complete(id, ADA));
    await untilState(id, 'ready');
  });
});

describe('what is given up', () => {
  it('by its user is removed, and its space is free again', async () => {
    const id = await begin();
    await uploads().abort(id, ADA);
    expect(await filesIn('uploads')).toEqual([]);
    expect((await problemOf(uploads().get(id, ADA))).status).toBe(404);
  });

  it('while it is received ends', async () => {
    const id = await begin();
    const slow = slowBody();
    const told = problemOf(uploads().write(id, 0, slow.stream, ADA));
    slow.push(CONTENT.subarray(0, 1000));
    await uploads().abort(id, ADA);
    expect((await told).code).toBe('upload-taken-over');
    expect(await filesIn('uploads')).toEqual([]);
  });

  it('by nobody going on with it goes after a day, unless it is being completed', async () => {
    const old = await begin();
    const kept = await begin();
    const completing = await whole({ name: 'in the making' });
    await test.stop();
    await test.start(async () => {
      await uploads().complete(completing, ADA);
      const past = { expiresAt: new Date(Date.now() - 1000) };
      await test.database.upload.updateMany({ where: { id: { not: kept } }, data: past });
      await uploads().sweep();
      const left = (await test.database.upload.findMany()).map(({ id }) => id).sort();
      expect(left).toEqual([kept, completing].sort());
      expect(await filesIn('uploads')).not.toContain(old);
    });
    await untilState(completing, 'ready');
  });

  it('by cancelling its task makes no image, and can be completed after all', async () => {
    const id = await whole();
    await test.stop();
    await test.start(async () => {
      const task = await uploads().complete(id, ADA);
      await test.storage.tasks.cancel(task.id, ADA);
    });
    await eventually(async () => expect(await test.storage.library.list()).toEqual([]));
    await eventually(async () => {
      await uploads().complete(id, ADA);
      await untilState(id, 'ready');
    });
  });

  it('by the console, which stops, keeps what came', async () => {
    const id = await begin();
    const slow = slowBody();
    const writing = uploads().write(id, 0, slow.stream, ADA);
    writing.catch(() => {});
    slow.push(CONTENT.subarray(0, 1000));
    await eventually(async () => {
      expect((await stat(join(test.directory, 'uploads', id))).size).toBe(1000);
    });
    await test.restart();
    expect((await uploads().get(id, ADA)).receivedBytes).toBe(1000);
    await uploads().write(id, 1000, body(CONTENT.subarray(1000)), ADA);
  });
});

describe('after the console was killed', () => {
  it('an upload goes on at what was safely there, whatever is behind it', async () => {
    const id = await begin();
    await uploads().write(id, 0, body(CONTENT.subarray(0, 1000)), ADA);
    const path = join(test.directory, 'uploads', id);
    // Written, but not known to be on the disk.
    await writeFile(path, Buffer.concat([CONTENT.subarray(0, 1000), randomBytes(5000)]));
    await test.restart();
    expect((await uploads().get(id, ADA)).receivedBytes).toBe(1000);
    await uploads().write(id, 1000, body(CONTENT.subarray(1000)), ADA);
    await uploads().complete(id, ADA);
    expect((await untilState(id, 'ready')).sha256).toBe(SHA256);
  });

  it('one whose file is shorter goes on at its end, one without a file is gone', async () => {
    const [short, lost] = [await whole(), await whole()];
    await writeFile(join(test.directory, 'uploads', short), CONTENT.subarray(0, 10));
    await rm(join(test.directory, 'uploads', lost));
    await writeFile(join(test.directory, 'uploads', crypto.randomUUID()), 'of nobody');
    await test.restart();
    expect((await uploads().list(ADA)).map(({ id, receivedBytes }) => [id, receivedBytes])).toEqual(
      [[short, 10]],
    );
    expect(await filesIn('uploads')).toEqual([short]);
  });

  it.each(['before', 'after'] as const)(
    'an image that was being made is made, whether that was %s the file had its new name',
    async (when) => {
      const id = await whole({ sha256: SHA256 });
      await test.stop();
      const taskId = crypto.randomUUID();
      await test.database.task.create({
        data: {
          ...{ id: taskId, kind: 'image.upload', state: 'running', step: 'Checking' },
          ...{ resourceKind: 'image', resourceId: id, resourceName: 'debian' },
          ...{ userId: 'u', userName: 'ada', createdAt: new Date() },
          params: { attempts: 1, params: {} },
        },
      });
      await new LibraryStore(test.database).insert({
        ...{ id, name: 'debian', kind: 'disk', source: 'upload', sourceUrl: null, taskId },
        ...{ state: 'waiting', format: '', fileBytes: 0, sizeBytes: 0, sha256: null, notes: '' },
        createdAt: new Date().toISOString(),
      });
      if (when === 'after') {
        await rename(join(test.directory, 'uploads', id), join(test.directory, 'images', id));
      } else {
        await writeFile(join(test.directory, 'images', `${id}.converted.part`), 'half');
      }
      await test.start();
      expect(await untilState(id, 'ready')).toMatchObject({ sha256: SHA256, format: 'raw' });
      expect(CONTENT.equals(await readFile(join(test.directory, 'images', id)))).toBe(true);
      await eventually(async () => expect(await uploads().list(ADA)).toEqual([]));
      expect(await filesIn('uploads')).toEqual([]);
      expect(await filesIn('images')).toEqual([id]);
    },
  );
});
