import { z } from 'zod';
import type { AuditEntry as AuditRow, Prisma } from '../../prisma/generated/client';
import { type AuditEntry, type AuditFilter, auditEntrySchema } from '../api/audit';
import type { Database } from '../database/opened-database';

export interface NewAuditEntry extends Omit<AuditEntry, 'id' | 'at'> {
  readonly at: Date;
}

/** So that no statement holds the database for long. */
const PRUNE_BATCH = 500;

/** Entries of before they had it say nothing. */
const detailSchema = z.object({ operation: z.string().default('') });

/** Entries are added, and one day pruned; nothing changes one. */
export class AuditStore {
  constructor(private readonly database: Database) {}

  async add(entries: readonly NewAuditEntry[]): Promise<void> {
    const data = entries.map(({ operation, ...entry }) => ({ ...entry, detail: { operation } }));
    await this.database.auditEntry.createMany({ data });
  }

  async list(filter: AuditFilter, limit: number, before?: number): Promise<AuditEntry[]> {
    const rows = await this.database.auditEntry.findMany({
      where: { ...where(filter), ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: 'desc' },
      take: limit,
    });
    return rows.map(fromRow);
  }

  async listAfter(filter: AuditFilter, after: number, limit: number): Promise<AuditEntry[]> {
    const rows = await this.database.auditEntry.findMany({
      where: { ...where(filter), id: { gt: after } },
      orderBy: { id: 'asc' },
      take: limit,
    });
    return rows.map(fromRow);
  }

  async prune(before: Date): Promise<void> {
    for (;;) {
      const rows = await this.database.auditEntry.findMany({
        where: { at: { lt: before } },
        select: { id: true },
        take: PRUNE_BATCH,
      });
      if (rows.length === 0) return;
      const ids = rows.map(({ id }) => id);
      await this.database.auditEntry.deleteMany({ where: { id: { in: ids } } });
    }
  }
}

function where({
  user,
  action,
  resource,
  outcome,
  from,
  to,
}: AuditFilter): Prisma.AuditEntryWhereInput {
  return {
    ...(user === undefined ? {} : { OR: [{ userId: user }, { userName: user }] }),
    ...(action === undefined ? {} : { action }),
    ...(resource === undefined ? {} : { resourceId: resource }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(from === undefined && to === undefined
      ? {}
      : {
          at: {
            ...(from === undefined ? {} : { gte: new Date(from) }),
            ...(to === undefined ? {} : { lt: new Date(to) }),
          },
        }),
  };
}

function fromRow({ detail, at, ...row }: AuditRow): AuditEntry {
  const { operation } = detailSchema.parse(detail ?? {});
  return auditEntrySchema.parse({ ...row, operation, at: at.toISOString() });
}
