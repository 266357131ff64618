import type { Disk } from '../api/disks';
import { notFound } from '../problems/problems';
import { failedLongAgo } from '../storage/file-problems';
import type { StoredFiles } from '../storage/stored-files';
import type { EventBus } from '../streams/event-bus';
import type { TaskService } from '../tasks/task-service';
import type { DiskRecord, DiskStore } from './disk-store';

export interface DiskBookParts {
  readonly store: DiskStore;
  readonly files: StoredFiles;
  readonly tasks: TaskService;
  readonly bus: EventBus;
}

/** Disks as they are shown: the row, what its file takes, and why it failed. */
export class DiskBook {
  constructor(private readonly of: DiskBookParts) {}

  /** @throws ProblemError 404 */
  async record(id: string): Promise<DiskRecord> {
    const disk = await this.of.store.find(id);
    if (disk === undefined) throw notFound('such disk');
    return disk;
  }

  /** @throws ProblemError 404 */
  async get(id: string): Promise<Disk> {
    const [disk] = await this.shown([await this.record(id)]);
    if (disk === undefined) throw notFound('such disk');
    return disk;
  }

  async shown(disks: readonly DiskRecord[]): Promise<Disk[]> {
    const failed = disks.filter(({ state }) => state === 'failed');
    const problems = await this.of.tasks.problems(failed.map(({ taskId }) => taskId ?? ''));
    return await Promise.all(
      disks.map(async (disk) => ({
        ...disk,
        allocatedBytes: (await this.of.files.sizes(disk.id))?.allocatedBytes ?? null,
        problem:
          disk.state === 'failed'
            ? (problems.get(disk.taskId ?? '') ?? failedLongAgo().problem)
            : null,
      })),
    );
  }

  /** Tells everybody what it is now. */
  async tell(id: string): Promise<Disk> {
    const disk = await this.get(id);
    this.of.bus.publish({ type: 'disk.changed', disk });
    return disk;
  }

  /** In an order after which no crash leaves a row without a file, or takes a file from a row. */
  async remove({ id }: DiskRecord): Promise<void> {
    const { store, files, bus } = this.of;
    await files.hide(id);
    try {
      await store.delete(id);
    } catch (error) {
      await files.restore(id);
      throw error;
    }
    await files.purge(id);
    bus.publish({ type: 'disk.deleted', id });
  }
}
