import type { ChangeImage, StoredImage, StoredImageKind } from '../../api/images';
import type { Problem } from '../../api/problem';
import type { Task, TaskUser } from '../../api/tasks';
import type { Log } from '../../log/log';
import { notFound } from '../../problems/problems';
import { failedLongAgo, fileLost } from '../../storage/file-problems';
import { KeyedLock } from '../../storage/keyed-lock';
import type { SpaceLedger } from '../../storage/space';
import type { StoredFiles } from '../../storage/stored-files';
import type { EventBus } from '../../streams/event-bus';
import type { TaskService } from '../../tasks/task-service';
import type { JsonObject } from '../../tasks/task-store';
import type { TaskContext, TaskFailure, TaskJob } from '../../tasks/task-work';
import { type BroughtFile, takeIn } from './intake';
import {
  imageBusy,
  imageInUse,
  imageMissing,
  imageNotReady,
  wrongImageKind,
} from './library-problems';
import type { ImageRecord, LibraryStore } from './library-store';

/** The kind of task under which a file that was lost is noted. */
const CHECK = 'image.check';

export interface ImageLibraryParts {
  readonly store: LibraryStore;
  readonly files: StoredFiles;
  readonly space: SpaceLedger;
  readonly tasks: TaskService;
  /** What a person would look for, for example `the machine "web"`. */
  readonly usersOf: (imageId: string) => readonly string[];
  readonly bus: EventBus;
  readonly log: Log;
}

/** Where the content of an image comes from. */
export interface ImageOrigin {
  readonly id: string;
  readonly name: string;
  readonly kind: StoredImageKind;
  readonly source: StoredImage['source'];
  readonly sourceUrl: string | null;
  readonly taskKind: string;
  readonly params: JsonObject;
  readonly user: TaskUser;
}

/** How its content is brought, and what comes after. */
export interface Bringing {
  readonly lane: TaskJob['lane'];
  bring(context: TaskContext): Promise<BroughtFile>;
  /** The image is there. */
  onReady?(): Promise<void>;
  onFailure?(how: TaskFailure, problem: Problem): Promise<void>;
}

/** An image that is being read. */
export interface HeldImage {
  readonly path: string;
  readonly image: ImageRecord;
  /** Twice does no harm. */
  release(): void;
}

/** The images people brought: kernels, initrds, and disks to copy. */
export class ImageLibrary {
  private readonly locks = new KeyedLock();
  /** By the image's id: those that read its file now. */
  private readonly readers = new Map<string, Set<{ readonly name: string }>>();

  constructor(private readonly of: ImageLibraryParts) {}

  /** Clears up after a crash, and looks that the files are there. After the tasks, before uploads. */
  async open(): Promise<void> {
    const { store, files, tasks, log, bus } = this.of;
    const images = await store.list();
    const strangers = await files.open(new Set(images.map(({ id }) => id)));
    for (const id of strangers) {
      log.warn('a file of an image nobody knows is left alone', { image: id });
      bus.publish({
        type: 'host.notice',
        code: 'unknown-image-file',
        detail: `The file ${files.path(id)} belongs to no image this console knows.`,
        hint: 'It may be of a time after the database was last saved. Remove it if nobody needs it.',
      });
    }
    for (const image of images) {
      if (image.state !== 'waiting') await this.checkFile(image);
      // The console died between its row and that of its task, and nobody was told of it.
      else if ((await tasks.kindOf(image.taskId ?? '')) === undefined) await this.remove(image.id);
      else if (!tasks.isLive(image.taskId ?? '')) {
        await store.setState(image.id, 'failed');
        await files.purge(image.id);
      }
    }
  }

  async list(): Promise<StoredImage[]> {
    return await this.withProblems(await this.of.store.list());
  }

  /** @throws ProblemError 404 */
  async get(id: string): Promise<StoredImage> {
    const [image] = await this.withProblems([await this.record(id)]);
    if (image === undefined) throw notFound('such image');
    return image;
  }

  /** @returns undefined when there is no such image */
  find(id: string): Promise<ImageRecord | undefined> {
    return this.of.store.find(id);
  }

  /**
   * @param check of what is there; no other change comes between it and this one
   * @throws ProblemError 404, 409 when the name is taken, and what `check` throws
   */
  change(
    id: string,
    { name, notes }: ChangeImage,
    check: (before: StoredImage) => void = () => {},
  ): Promise<StoredImage> {
    return this.locks.run(id, async () => {
      check(await this.get(id));
      await this.of.store.change(id, {
        ...(name === undefined ? {} : { name }),
        ...(notes === undefined ? {} : { notes }),
      });
      await this.tell(id);
      return await this.get(id);
    });
  }

  /** @throws ProblemError 404, 409 while something uses it or it is being made */
  delete(id: string): Promise<void> {
    return this.locks.run(id, async () => {
      const image = await this.record(id);
      if (this.of.tasks.isLive(image.taskId ?? '')) throw imageBusy(image.name);
      const readers = [...(this.readers.get(id) ?? [])].map(({ name }) => name);
      const users = [...this.of.usersOf(id), ...readers];
      if (users.length > 0) throw imageInUse(image.name, users);
      await this.remove(id);
    });
  }

  /**
   * The file of an image, which is not deleted before `release` was called.
   * @param reader for whom wants to delete it, for example `the disk "root", which is being copied`
   * @throws ProblemError 409 when it is not there or not ready, 422 when it is of another kind
   */
  use(id: string, kind: StoredImageKind, reader: string): Promise<HeldImage> {
    return this.locks.run(id, async () => {
      const image = await this.ready(id, kind);
      // Its own place: another may have the same name.
      const place = { name: reader };
      const readers = this.readers.get(id) ?? new Set();
      this.readers.set(id, readers.add(place));
      let released = false;
      const release = () => {
        if (released) return;
        released = true;
        readers.delete(place);
        if (readers.size === 0) this.readers.delete(id);
      };
      return { path: this.of.files.path(id), image, release };
    });
  }

  /**
   * The file of an image that a machine names in its configuration, which keeps it from deletion.
   * @throws ProblemError 409 when it is not there or not ready, 422 when it is of another kind
   */
  async pathOf(id: string, kind: StoredImageKind): Promise<string> {
    await this.ready(id, kind);
    return this.of.files.path(id);
  }

  /**
   * Looks whether there is such an image, ready or not yet.
   * @throws ProblemError 409 when it is not there, 422 when it is of another kind
   */
  async expect(id: string, kind: StoredImageKind): Promise<ImageRecord> {
    const image = await this.of.store.find(id);
    if (image === undefined) throw imageMissing();
    if (image.kind !== kind) throw wrongImageKind(image.name, image.kind, kind);
    return image;
  }

  /**
   * Makes an image: its row now, its content by a task.
   * @throws ProblemError 409 when the name is taken, 503 when too many tasks wait
   */
  async add(origin: ImageOrigin, bringing: Bringing): Promise<Task> {
    const { id, name, kind, source, sourceUrl, taskKind, params, user } = origin;
    const taskId = crypto.randomUUID();
    await this.of.store.insert({
      ...{ id, name, kind, source, sourceUrl, taskId },
      state: 'waiting',
      format: '',
      fileBytes: 0,
      sizeBytes: 0,
      sha256: null,
      notes: '',
      createdAt: new Date().toISOString(),
    });
    const resource = { kind: 'image', id, name };
    const { task } = await this.of.tasks
      .run({ ...{ id: taskId, kind: taskKind, resource, user, params }, ...this.job(id, bringing) })
      .catch(async (error: unknown) => {
        await this.of.store.delete(id);
        throw error;
      });
    await this.tell(id);
    return task;
  }

  /** The work that makes an image whose row is there; it may run anew after a crash. */
  job(id: string, bringing: Bringing): TaskJob {
    const { store, files, space } = this.of;
    return {
      lane: bringing.lane,
      work: async (context) => {
        const image = await this.record(id);
        // The console may have died between this and the end of the task.
        if (image.state !== 'ready') {
          const file = await bringing.bring(context);
          context.signal.throwIfAborted();
          const facts = await takeIn(file, image, files, space, context);
          await store.setReady(id, facts);
        }
        await bringing.onReady?.();
        await this.tell(id);
        return { imageId: id };
      },
      onFailure: async (how, problem) => {
        if (how === 'cancelled') await this.remove(id);
        else {
          await files.purge(id);
          await store.setState(id, 'failed');
          await this.tell(id);
        }
        await bringing.onFailure?.(how, problem);
      },
    };
  }

  /** Deletes an image that could not be made, so that it can be tried again. */
  async dropFailed(id: string): Promise<void> {
    await this.locks.run(id, async () => {
      if ((await this.of.store.find(id))?.state === 'failed') await this.remove(id);
    });
  }

  private async ready(id: string, kind: StoredImageKind): Promise<ImageRecord> {
    const image = await this.expect(id, kind);
    if (image.state !== 'ready') throw imageNotReady(image.name, image.state);
    return image;
  }

  /** In an order after which no crash leaves a row without a file, or takes a file from a row. */
  private async remove(id: string): Promise<void> {
    const { store, files, bus } = this.of;
    await files.hide(id);
    try {
      await store.delete(id);
    } catch (error) {
      await files.restore(id);
      throw error;
    }
    await files.purge(id);
    bus.publish({ type: 'image.deleted', id });
  }

  /** A file may be lost, or be back: on a disk that was not mounted, for example. */
  private async checkFile(image: ImageRecord): Promise<void> {
    const { store, files, tasks } = this.of;
    const { id, name, state, kind, sizeBytes, taskId } = image;
    const isWhole = ((await files.sizes(id))?.bytes ?? -1) >= sizeBytes;
    if (state === 'ready' && !isWhole) {
      const { problem } = fileLost(`the image "${name}"`);
      const task = await tasks.recordFailure(CHECK, { kind: 'image', id, name }, problem);
      await store.setState(id, 'failed', task.id);
      this.of.log.error('the file of an image is lost', { image: id, kind });
    }
    if (state === 'failed' && isWhole && (await tasks.kindOf(taskId ?? '')) === CHECK) {
      await store.setState(id, 'ready');
    }
  }

  private async record(id: string): Promise<ImageRecord> {
    const image = await this.of.store.find(id);
    if (image === undefined) throw notFound('such image');
    return image;
  }

  private async withProblems(images: readonly ImageRecord[]): Promise<StoredImage[]> {
    const failed = images.filter(({ state }) => state === 'failed');
    const problems = await this.of.tasks.problems(failed.map(({ taskId }) => taskId ?? ''));
    return images.map((image) => ({
      ...image,
      problem:
        image.state === 'failed'
          ? (problems.get(image.taskId ?? '') ?? failedLongAgo().problem)
          : null,
    }));
  }

  private async tell(id: string): Promise<void> {
    const record = await this.of.store.find(id);
    if (record === undefined) return;
    const [image] = await this.withProblems([record]);
    if (image !== undefined) this.of.bus.publish({ type: 'image.changed', image });
  }
}
