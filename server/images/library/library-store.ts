import type { Image as ImageRow } from '../../../prisma/generated/client';
import {
  type StoredImage,
  storedImageKindSchema,
  storedImageSchema,
  storedImageStateSchema,
} from '../../api/images';
import type { Database } from '../../database/opened-database';
import { isUniqueViolation } from '../../database/unique-violation';
import { imageNameTaken } from './library-problems';

/** A row: why an image failed is known by its task. */
export type ImageRecord = Omit<StoredImage, 'problem'>;

/** What is known of an image once its content is there. */
export type ImageFacts = Pick<ImageRecord, 'format' | 'fileBytes' | 'sizeBytes' | 'sha256'>;

export class LibraryStore {
  constructor(private readonly database: Database) {}

  /** Oldest first. */
  async list(): Promise<ImageRecord[]> {
    const rows = await this.database.image.findMany({
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    return rows.map(fromRow);
  }

  async find(id: string): Promise<ImageRecord | undefined> {
    const row = await this.database.image.findUnique({ where: { id } });
    return row === null ? undefined : fromRow(row);
  }

  /** @throws ProblemError 409 when the name is taken */
  async insert(image: ImageRecord): Promise<void> {
    const { createdAt, fileBytes, sizeBytes, ...rest } = image;
    await unlessTaken(
      image.name,
      this.database.image.create({
        data: {
          ...rest,
          createdAt: new Date(createdAt),
          fileBytes: BigInt(fileBytes),
          sizeBytes: BigInt(sizeBytes),
        },
      }),
    );
  }

  /** @throws ProblemError 409 when the name is taken */
  async change(id: string, change: { name?: string; notes?: string }): Promise<void> {
    await unlessTaken(
      change.name ?? '',
      this.database.image.updateMany({ where: { id }, data: change }),
    );
  }

  async setReady(id: string, facts: ImageFacts): Promise<void> {
    const { fileBytes, sizeBytes, ...rest } = facts;
    await this.database.image.updateMany({
      where: { id },
      data: { ...rest, state: 'ready', fileBytes: BigInt(fileBytes), sizeBytes: BigInt(sizeBytes) },
    });
  }

  /** @param taskId what says why; as before when left out */
  async setState(id: string, state: StoredImage['state'], taskId?: string): Promise<void> {
    await this.database.image.updateMany({
      where: { id },
      data: { state, ...(taskId === undefined ? {} : { taskId }) },
    });
  }

  async delete(id: string): Promise<void> {
    await this.database.image.deleteMany({ where: { id } });
  }
}

async function unlessTaken(name: string, write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (isUniqueViolation(error)) throw imageNameTaken(name);
    throw error;
  }
}

function fromRow(row: ImageRow): ImageRecord {
  return {
    id: row.id,
    name: row.name,
    kind: storedImageKindSchema.parse(row.kind),
    source: storedImageSchema.shape.source.parse(row.source),
    sourceUrl: row.sourceUrl,
    state: storedImageStateSchema.parse(row.state),
    format: row.format,
    fileBytes: Number(row.fileBytes),
    sizeBytes: Number(row.sizeBytes),
    sha256: row.sha256,
    notes: row.notes,
    createdAt: row.createdAt.toISOString(),
    taskId: row.taskId,
  };
}
