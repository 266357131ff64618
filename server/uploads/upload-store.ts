import type { Upload as UploadRow } from '../../prisma/generated/client';
import { type StoredImageKind, storedImageKindSchema } from '../api/images';
import type { Database } from '../database/opened-database';

export interface UploadRecord {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly kind: StoredImageKind;
  readonly sizeBytes: number;
  /** Known to be on the disk. */
  readonly receivedBytes: number;
  readonly sha256: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export class UploadStore {
  constructor(private readonly database: Database) {}

  /** Oldest first. @param userId whose; everybody's when left out */
  async list(userId?: string): Promise<UploadRecord[]> {
    const rows = await this.database.upload.findMany({
      where: userId === undefined ? {} : { userId },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    return rows.map(fromRow);
  }

  async find(id: string): Promise<UploadRecord | undefined> {
    const row = await this.database.upload.findUnique({ where: { id } });
    return row === null ? undefined : fromRow(row);
  }

  async insert(upload: UploadRecord): Promise<void> {
    const { sizeBytes, receivedBytes, ...rest } = upload;
    await this.database.upload.create({
      data: { ...rest, sizeBytes: BigInt(sizeBytes), receivedBytes: BigInt(receivedBytes) },
    });
  }

  async setReceived(id: string, receivedBytes: number, expiresAt: Date): Promise<void> {
    await this.database.upload.updateMany({
      where: { id },
      data: { receivedBytes: BigInt(receivedBytes), expiresAt },
    });
  }

  async expired(now: Date): Promise<UploadRecord[]> {
    const rows = await this.database.upload.findMany({ where: { expiresAt: { lt: now } } });
    return rows.map(fromRow);
  }

  async delete(id: string): Promise<void> {
    await this.database.upload.deleteMany({ where: { id } });
  }
}

function fromRow(row: UploadRow): UploadRecord {
  return {
    ...row,
    kind: storedImageKindSchema.parse(row.kind),
    sizeBytes: Number(row.sizeBytes),
    receivedBytes: Number(row.receivedBytes),
  };
}
