import { open } from 'node:fs/promises';
import type { HeldImage, ImageLibrary } from '../images/library/image-library';
import { CommandFailed, runConfined } from '../storage/confined-command';
import { copySparse } from '../storage/copy-file';
import { publishFile, removeFile } from '../storage/durable';
import type { SpaceLedger } from '../storage/space';
import { diskFull, explainStorage } from '../storage/storage-problems';
import type { StoredFiles } from '../storage/stored-files';
import type { TaskContext } from '../tasks/task-work';
import { cannotAllocate } from './disk-problems';

/** ext4 and XFS take a moment whatever the size; some file systems write zeros. */
const ALLOCATE_TIMEOUT_MS = 6 * 3600 * 1000;

/** Makes the files of disks. Under its name there is never half of one. */
export class DiskMaker {
  constructor(
    private readonly files: StoredFiles,
    private readonly space: SpaceLedger,
    private readonly library: ImageLibrary,
  ) {}

  /** Zeros that take no space until they are written over. @throws ProblemError 507, 500 */
  async makeSparse(id: string, bytes: number): Promise<void> {
    // It takes nothing now, but on a full disk nobody should begin with another.
    (await this.space.reserve(0)).release();
    await this.fromDraft(id, async (draft) => {
      const file = await open(draft, 'w', 0o600);
      try {
        await file.truncate(bytes);
      } finally {
        await file.close();
      }
    });
  }

  /** Zeros whose space is set aside. @throws ProblemError 507, 422 when the file system cannot */
  async makeFull(id: string, bytes: number, { signal, progress }: TaskContext): Promise<void> {
    progress(null, 'Setting space aside');
    const reservation = await this.space.reserve(bytes);
    try {
      await this.fromDraft(id, async (draft) => {
        await (await open(draft, 'w', 0o600)).close();
        await runConfined({
          program: 'fallocate',
          args: ['--length', String(bytes), draft],
          hostile: false,
          limits: {},
          timeoutMs: ALLOCATE_TIMEOUT_MS,
          signal,
        }).catch(explainAllocation);
      });
    } finally {
      reservation.release();
    }
  }

  /**
   * A copy of an image, which takes space only where it is written over when the file system can
   * share blocks.
   * @param held the image, when it is held already; it is released
   */
  async copyImage(
    disk: { readonly id: string; readonly name: string; readonly sizeBytes: number },
    imageId: string,
    held: HeldImage | undefined,
    { signal, progress, log }: TaskContext,
  ): Promise<void> {
    const source = held ?? (await this.library.use(imageId, 'disk', copying(disk.name)));
    try {
      progress(0, 'Copying');
      await this.fromDraft(disk.id, async (draft) => {
        const how = await this.space.guard(signal, (guarded) =>
          copySparse(source.path, draft, {
            signal: guarded,
            onProgress: (fraction) => progress(fraction),
          }),
        );
        log(how === 'cloned' ? 'The file system shares the blocks.' : 'The data was copied.');
        const file = await open(draft, 'r+');
        try {
          await file.truncate(disk.sizeBytes);
        } finally {
          await file.close();
        }
      });
    } finally {
      source.release();
    }
  }

  /** @throws ProblemError 507, 500 */
  async grow(id: string, bytes: number): Promise<void> {
    try {
      const file = await open(this.files.path(id), 'r+');
      try {
        // Another console's mistake must not cut anything off.
        if ((await file.stat()).size < bytes) await file.truncate(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      throw explainStorage(error);
    }
  }

  private async fromDraft(id: string, write: (draft: string) => Promise<void>): Promise<void> {
    const draft = this.files.draft(id);
    try {
      await write(draft);
      await publishFile(draft, this.files.path(id));
    } catch (error) {
      await removeFile(draft).catch(() => {});
      throw explainStorage(error);
    }
  }
}

/** For whom wants to delete the image meanwhile. */
export function copying(name: string): string {
  return `the disk "${name}", which is being copied from it`;
}

function explainAllocation(error: unknown): never {
  if (!(error instanceof CommandFailed)) throw error;
  throw /No space left on device|Disk quota exceeded/.test(error.lastWords)
    ? diskFull(undefined, error)
    : cannotAllocate(error);
}
