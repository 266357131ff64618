import type { Recording as RecordingRow } from '../../prisma/generated/client';
import {
  type Recording,
  type RecordingPage,
  type RecordingQuery,
  recordingStateSchema,
} from '../api/recordings';
import type { Database } from '../database/opened-database';
import { decodeCursor, encodeCursor } from '../database/row-cursor';

export type RecordingEnd = Pick<Recording, 'state' | 'sizeBytes'> & { readonly endedAt: Date };

const NEWEST_FIRST = [{ startedAt: 'desc' as const }, { id: 'desc' as const }];

export class RecordingStore {
  constructor(private readonly database: Database) {}

  async insert(recording: Recording): Promise<void> {
    const { user, sizeBytes, startedAt, ...rest } = recording;
    await this.database.recording.create({
      data: {
        ...rest,
        userId: user.id,
        userName: user.name,
        sizeBytes: BigInt(sizeBytes),
        startedAt: new Date(startedAt),
      },
    });
  }

  async end(id: string, { sizeBytes, ...rest }: RecordingEnd): Promise<void> {
    const data = { ...rest, sizeBytes: BigInt(sizeBytes) };
    await this.database.recording.updateMany({ where: { id }, data });
  }

  async find(id: string): Promise<Recording | undefined> {
    const row = await this.database.recording.findUnique({ where: { id } });
    return row === null ? undefined : fromRow(row);
  }

  /** All of them, newest first. */
  async list(): Promise<Recording[]> {
    return (await this.database.recording.findMany({ orderBy: NEWEST_FIRST })).map(fromRow);
  }

  /** @throws ProblemError 422 for a cursor that is none */
  async page({ vmId, limit, cursor }: RecordingQuery): Promise<RecordingPage> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const rows = await this.database.recording.findMany({
      where: {
        ...(vmId === undefined ? {} : { vmId }),
        ...(after === undefined
          ? {}
          : {
              OR: [
                { startedAt: { lt: after.createdAt } },
                { startedAt: after.createdAt, id: { lt: after.id } },
              ],
            }),
      },
      orderBy: NEWEST_FIRST,
      take: limit + 1,
    });
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const more = rows.length > limit && last !== undefined;
    return {
      items: items.map(fromRow),
      nextCursor: more ? encodeCursor({ createdAt: last.startedAt, id: last.id }) : null,
    };
  }

  async delete(id: string): Promise<void> {
    await this.database.recording.deleteMany({ where: { id } });
  }
}

function fromRow(row: RecordingRow): Recording {
  return {
    id: row.id,
    vmId: row.vmId,
    vmName: row.vmName,
    user: { id: row.userId, name: row.userName },
    state: recordingStateSchema.parse(row.state),
    sizeBytes: Number(row.sizeBytes),
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}
