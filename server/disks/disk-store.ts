import type { Disk as DiskRow } from '../../prisma/generated/client';
import { type Disk, diskStateSchema } from '../api/disks';
import type { Database } from '../database/opened-database';
import { isUniqueViolation } from '../database/unique-violation';
import { diskNameTaken } from './disk-problems';

/** A row: why a disk failed is known by its task, what it takes by its file. */
export type DiskRecord = Omit<Disk, 'problem' | 'allocatedBytes'>;

export type DiskChange = Partial<
  Pick<DiskRecord, 'name' | 'sizeBytes' | 'state' | 'readOnly' | 'vmId' | 'position' | 'taskId'>
>;

export class DiskStore {
  constructor(private readonly database: Database) {}

  /** Oldest first. */
  async list(): Promise<DiskRecord[]> {
    const rows = await this.database.disk.findMany({
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    return rows.map(fromRow);
  }

  /** By their places. */
  async ofMachine(vmId: string): Promise<DiskRecord[]> {
    const rows = await this.database.disk.findMany({
      where: { vmId },
      orderBy: [{ position: 'asc' }, { id: 'asc' }],
    });
    return rows.map(fromRow);
  }

  async find(id: string): Promise<DiskRecord | undefined> {
    const row = await this.database.disk.findUnique({ where: { id } });
    return row === null ? undefined : fromRow(row);
  }

  /** @throws ProblemError 409 when the name is taken */
  async insert(disk: DiskRecord): Promise<void> {
    const { sizeBytes, position, createdAt, ...rest } = disk;
    await unlessTaken(
      disk.name,
      this.database.disk.create({
        data: {
          ...rest,
          sizeBytes: BigInt(sizeBytes),
          position: position ?? 0,
          createdAt: new Date(createdAt),
        },
      }),
    );
  }

  /**
   * Changes the row if it still is at the revision it was read with, and counts one up.
   * @returns whether it was
   * @throws ProblemError 409 when the name is taken
   */
  async change({ id, revision }: DiskRecord, change: DiskChange): Promise<boolean> {
    const { sizeBytes, position, ...rest } = change;
    const { count } = await unlessTaken(
      change.name ?? '',
      this.database.disk.updateMany({
        where: { id, revision },
        data: {
          ...rest,
          ...(sizeBytes === undefined ? {} : { sizeBytes: BigInt(sizeBytes) }),
          ...(position === undefined ? {} : { position: position ?? 0 }),
          revision: { increment: 1 },
        },
      }),
    );
    return count === 1;
  }

  async delete(id: string): Promise<void> {
    await this.database.disk.deleteMany({ where: { id } });
  }
}

async function unlessTaken<T>(name: string, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (isUniqueViolation(error)) throw diskNameTaken(name);
    throw error;
  }
}

function fromRow(row: DiskRow): DiskRecord {
  return {
    id: row.id,
    name: row.name,
    sizeBytes: Number(row.sizeBytes),
    state: diskStateSchema.parse(row.state),
    readOnly: row.readOnly,
    imageId: row.imageId,
    vmId: row.vmId,
    position: row.vmId === null ? null : row.position,
    revision: row.revision,
    createdAt: row.createdAt.toISOString(),
    taskId: row.taskId,
  };
}
