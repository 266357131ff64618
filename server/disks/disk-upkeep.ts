import { SECTOR_BYTES } from '../api/limits';
import type { Log } from '../log/log';
import { fileLost } from '../storage/file-problems';
import type { StoredFiles } from '../storage/stored-files';
import type { EventBus } from '../streams/event-bus';
import type { TaskService } from '../tasks/task-service';
import type { DiskBook } from './disk-book';
import type { DiskRecord, DiskStore } from './disk-store';

/** The kind of task under which a file that was lost is noted. */
const CHECK = 'disk.check';

export interface DiskUpkeepParts {
  readonly book: DiskBook;
  readonly store: DiskStore;
  readonly files: StoredFiles;
  readonly tasks: TaskService;
  readonly bus: EventBus;
  readonly log: Log;
}

/** Brings rows and files together again, when a console starts. */
export async function tidyDisks(parts: DiskUpkeepParts): Promise<void> {
  const { book, store, files, tasks, log, bus } = parts;
  const disks = await store.list();
  for (const id of await files.open(new Set(disks.map((disk) => disk.id)))) {
    log.warn('a file of a disk nobody knows is left alone', { disk: id });
    bus.publish({
      type: 'host.notice',
      code: 'unknown-disk-file',
      detail: `The file ${files.path(id)} belongs to no disk this console knows.`,
      hint: 'It may be of a time after the database was last saved. Remove it if nobody needs it.',
    });
  }
  for (const disk of disks) {
    if (disk.state !== 'waiting') await checkFile(disk, parts);
    // Nobody was told of it yet: the console died in the middle of the answer, perhaps between the
    // row of the disk and that of its task.
    else if (disk.taskId === null || (await tasks.kindOf(disk.taskId)) === undefined) {
      await book.remove(disk);
    } else if (!tasks.isLive(disk.taskId)) {
      await files.purge(disk.id);
      await store.change(disk, { state: 'failed' });
    }
  }
}

/** A file may be lost, or be back; and the console may have died while it grew. */
async function checkFile(disk: DiskRecord, parts: DiskUpkeepParts): Promise<void> {
  const { store, files, tasks, log } = parts;
  const { id, name, state, sizeBytes, taskId } = disk;
  const bytes = (await files.sizes(id))?.bytes ?? -1;
  const isWhole = bytes >= sizeBytes;
  if (state === 'ready' && !isWhole) {
    const { problem } = fileLost(`the disk "${name}"`);
    const task = await tasks.recordFailure(CHECK, { kind: 'disk', id, name }, problem);
    await store.change(disk, { state: 'failed', taskId: task.id });
    log.error('the file of a disk is lost', { disk: id, bytes, expected: sizeBytes });
  } else if (state === 'ready' && bytes - sizeBytes >= SECTOR_BYTES) {
    await store.change(disk, { sizeBytes: bytes - (bytes % SECTOR_BYTES) });
  } else if (state === 'failed' && isWhole && (await tasks.kindOf(taskId ?? '')) === CHECK) {
    await store.change(disk, { state: 'ready' });
  }
}
