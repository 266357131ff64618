import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { z } from 'zod';
import type { StoredImageKind } from '../api/images';
import type { User } from '../api/session';
import type { Task } from '../api/tasks';
import type { createUploadSchema, Upload } from '../api/uploads';
import type { Bringing, ImageLibrary } from '../images/library/image-library';
import type { BroughtFile } from '../images/library/intake';
import { type Log, messageOf } from '../log/log';
import { notFound } from '../problems/problems';
import { sizesOf, syncDirectory } from '../storage/durable';
import { hashFile } from '../storage/hash-file';
import { KeyedLock } from '../storage/keyed-lock';
import type { Reservation, SpaceLedger } from '../storage/space';
import { explainStorage } from '../storage/storage-problems';
import type { StoredFiles } from '../storage/stored-files';
import type { TaskService } from '../tasks/task-service';
import type { TaskContext } from '../tasks/task-work';
import { receive, SenderGone, TooMuch } from './receive';
import {
  beingCompleted,
  cutOff,
  fileTooLarge,
  incomplete,
  takenOver,
  tooManyBytes,
  tooManyUploads,
  wrongOffset,
} from './upload-problems';
import type { UploadRecord, UploadStore } from './upload-store';

const MIB = 1024 * 1024;
const KIND = 'image.upload';
const HOUR_MS = 3600 * 1000;
const EXPIRE_MS = 24 * HOUR_MS;
const SWEEP_MS = HOUR_MS / 6;
const IDLE_MS = 60_000;
/** Small enough that a lost connection costs little, large enough that a request costs little. */
const CHUNK_BYTES = 16 * MIB;
const MAX_PER_USER = 20;

/** A request that is being received, and why a later one ended it. */
class TakenOver extends Error {}

export interface UploadServiceParts {
  readonly store: UploadStore;
  readonly files: StoredFiles;
  /** Of whole images: where the file of an upload goes. */
  readonly imageFiles: StoredFiles;
  readonly library: ImageLibrary;
  readonly space: SpaceLedger;
  readonly tasks: TaskService;
  readonly maxBytes: (kind: StoredImageKind) => number;
  readonly log: Log;
  readonly now?: () => number;
  readonly idleMs?: number;
}

/** Files that are sent in chunks, and go on where they broke off: also after the console was killed. */
export class UploadService {
  private readonly locks = new KeyedLock();
  private readonly space = new Map<string, Reservation>();
  private readonly writers = new Map<string, AbortController>();
  private readonly now: () => number;
  private sweeping: NodeJS.Timeout | undefined;

  constructor(private readonly of: UploadServiceParts) {
    this.now = of.now ?? Date.now;
    of.tasks.onResume(KIND, ({ resource }) =>
      of.library.job(resource.id, this.bringing(resource.id)),
    );
  }

  /** After the library. */
  async open(): Promise<void> {
    const { store, files, library } = this.of;
    const uploads = await store.list();
    const strangers = await files.open(new Set(uploads.map(({ id }) => id)));
    // Never whole, so of no use to anybody.
    await Promise.all(strangers.map((id) => files.purge(id)));
    for (const upload of uploads) {
      const image = await library.find(upload.id);
      if (image?.state === 'ready') await this.forget(upload.id);
      else if (image?.state !== 'waiting') await this.takeUp(upload);
    }
    await this.sweep();
    this.sweeping = setInterval(() => void this.sweep(), SWEEP_MS);
    this.sweeping.unref();
  }

  /** @throws ProblemError 409 for too many, 422 when it is too large, 507 when there is no room */
  async create(input: z.output<typeof createUploadSchema>, user: User): Promise<Upload> {
    const { name, kind, sizeBytes, sha256 = null } = input;
    const limit = this.of.maxBytes(kind);
    if (sizeBytes > limit) throw fileTooLarge(limit);
    return await this.locks.run(`user ${user.id}`, async () => {
      const own = await this.of.store.list(user.id);
      if (own.length >= MAX_PER_USER) throw tooManyUploads(MAX_PER_USER);
      const reservation = await this.of.space.reserve(sizeBytes);
      const now = this.now();
      const upload: UploadRecord = {
        ...{ id: randomUUID(), userId: user.id, name, kind, sizeBytes, sha256 },
        receivedBytes: 0,
        createdAt: new Date(now),
        expiresAt: new Date(now + EXPIRE_MS),
      };
      try {
        await this.makeFile(upload.id);
        await this.of.store.insert(upload);
      } catch (error) {
        reservation.release();
        await this.of.files.purge(upload.id);
        throw explainStorage(error);
      }
      this.space.set(upload.id, reservation);
      return shown(upload);
    });
  }

  /** Own ones; an administrator sees all. */
  async list(user: User): Promise<Upload[]> {
    const uploads = await this.of.store.list(user.role === 'admin' ? undefined : user.id);
    return uploads.map(shown);
  }

  /** @throws ProblemError 404, also for an upload of somebody else */
  async get(id: string, user: User): Promise<Upload> {
    return shown(await this.record(id, user));
  }

  /**
   * Receives a chunk. A chunk that is being received ends first: most often it is of a connection
   * that was lost, which the sender knows and we do not.
   * @throws ProblemError 404, 409 with the right offset, 413, 507, 400 when it was cut off
   */
  async write(
    id: string,
    offset: number,
    body: ReadableStream<Uint8Array> | null,
    user: User,
  ): Promise<Upload> {
    await this.record(id, user);
    const writer = new AbortController();
    this.writers.get(id)?.abort(new TakenOver());
    this.writers.set(id, writer);
    try {
      return await this.locks.run(id, () => this.writeChunk(id, offset, body, user, writer.signal));
    } finally {
      if (this.writers.get(id) === writer) this.writers.delete(id);
    }
  }

  /**
   * Makes an image of it, with the upload's id. Asked again, it answers with the same task.
   * @throws ProblemError 404, 409 while bytes are missing or when the name is taken
   */
  complete(id: string, user: User): Promise<Task> {
    return this.locks.run(id, async () => {
      const { library, store, tasks } = this.of;
      const image = await library.find(id);
      if (image !== undefined && image.state !== 'failed')
        return await tasks.get(image.taskId ?? '');
      const { name, kind, receivedBytes, sizeBytes } = await this.record(id, user);
      if (receivedBytes < sizeBytes) throw incomplete(receivedBytes, sizeBytes);
      await library.dropFailed(id);
      // It shall not expire while it waits for its turn.
      await store.setReceived(id, receivedBytes, new Date(this.now() + EXPIRE_MS));
      return await library.add(
        {
          ...{ id, name, kind, user },
          source: 'upload',
          sourceUrl: null,
          taskKind: KIND,
          params: {},
        },
        this.bringing(id),
      );
    });
  }

  /** @throws ProblemError 404, 409 while an image is being made of it */
  async abort(id: string, user: User): Promise<void> {
    await this.record(id, user);
    this.writers.get(id)?.abort(new TakenOver());
    await this.locks.run(id, async () => {
      await this.record(id, user);
      if ((await this.of.library.find(id))?.state === 'waiting') throw beingCompleted();
      await this.forget(id);
    });
  }

  /** Removes uploads nobody goes on with. Never rejects. */
  async sweep(): Promise<void> {
    try {
      for (const { id } of await this.of.store.expired(new Date(this.now()))) {
        if (this.writers.has(id)) continue;
        await this.locks.run(id, async () => {
          if ((await this.of.library.find(id))?.state === 'waiting') return;
          this.of.log.info('an upload nobody went on with was removed', { upload: id });
          await this.forget(id);
        });
      }
    } catch (error) {
      this.of.log.error('old uploads could not be removed', { cause: messageOf(error) });
    }
  }

  /** Ends what is being received; what came is kept. */
  async close(): Promise<void> {
    clearInterval(this.sweeping);
    const ids = [...this.writers.keys()];
    for (const writer of this.writers.values()) writer.abort(new SenderGone('the console stops'));
    await Promise.all(ids.map((id) => this.locks.run(id, async () => {})));
  }

  private async writeChunk(
    id: string,
    offset: number,
    body: ReadableStream<Uint8Array> | null,
    user: User,
    signal: AbortSignal,
  ): Promise<Upload> {
    const { store, files, library, idleMs = IDLE_MS } = this.of;
    const { receivedBytes, sizeBytes } = await this.record(id, user);
    if ((await library.find(id))?.state === 'waiting') throw beingCompleted();
    let right = receivedBytes;
    if (offset !== right) throw wrongOffset(offset, right);
    try {
      signal.throwIfAborted();
      const file = await open(files.path(id), 'r+');
      try {
        await receive(body, file, {
          offset,
          end: sizeBytes,
          idleMs,
          signal,
          onWritten: (bytes) => this.space.get(id)?.spend(bytes),
          onSynced: async (position) => {
            await store.setReceived(id, position, new Date(this.now() + EXPIRE_MS));
            right = position;
          },
        });
      } finally {
        await file.close();
      }
    } catch (error) {
      if (error instanceof TooMuch) throw tooManyBytes(sizeBytes, right);
      if (error instanceof TakenOver) throw takenOver(right);
      if (error instanceof SenderGone) throw cutOff(right, error);
      throw explainStorage(error);
    }
    return await this.get(id, user);
  }

  private bringing(id: string): Bringing {
    return {
      lane: 'disk',
      bring: (context) => this.bring(id, context),
      onReady: () => this.forget(id),
      onFailure: async (how, problem) => {
        // What is wrong with the file itself will be wrong the next time, too.
        if (how === 'failed' && problem.status === 422) await this.forget(id);
      },
    };
  }

  private async bring(id: string, { signal, progress }: TaskContext): Promise<BroughtFile> {
    const { store, files, imageFiles } = this.of;
    const upload = await store.find(id);
    if (upload === undefined) throw notFound('such upload');
    const { sizeBytes, sha256 } = upload;
    // After a crash in the middle it may have its new name already.
    const here = (await sizesOf(files.path(id))) !== undefined;
    const path = here ? files.path(id) : imageFiles.path(id);
    const file = await open(path, 'r');
    try {
      const found = await hashFile(file, sizeBytes, signal, (done) =>
        progress(done / sizeBytes, 'Checking'),
      );
      return { path, bytes: sizeBytes, sha256: found, expectedSha256: sha256 };
    } finally {
      await file.close();
    }
  }

  private async takeUp(upload: UploadRecord): Promise<void> {
    const { store, files, space, log } = this.of;
    const { id, sizeBytes, receivedBytes, expiresAt } = upload;
    const bytes = (await files.sizes(id))?.bytes;
    if (bytes === undefined) {
      log.warn('the file of an upload is lost', { upload: id });
      await store.delete(id);
      return;
    }
    const received = Math.min(receivedBytes, bytes);
    if (received < receivedBytes) await store.setReceived(id, received, expiresAt);
    this.space.set(id, space.retake(sizeBytes - received));
  }

  private async makeFile(id: string): Promise<void> {
    const { files } = this.of;
    await (await open(files.path(id), 'wx', 0o600)).close();
    await syncDirectory(files.directory);
  }

  /** The row first: a file without one is removed at the next start. */
  private async forget(id: string): Promise<void> {
    await this.of.store.delete(id);
    await this.of.files.purge(id);
    this.space.get(id)?.release();
    this.space.delete(id);
  }

  private async record(id: string, user: User): Promise<UploadRecord> {
    const upload = await this.of.store.find(id);
    const isTheirs = upload?.userId === user.id || user.role === 'admin';
    if (upload === undefined || !isTheirs) throw notFound('such upload');
    return upload;
  }
}

function shown({ userId: _userId, ...upload }: UploadRecord): Upload {
  return {
    ...upload,
    chunkBytes: CHUNK_BYTES,
    createdAt: upload.createdAt.toISOString(),
    expiresAt: upload.expiresAt.toISOString(),
  };
}
