import type { AnyVmEvent, VmEvent } from '../api/vm-events';
import type { Database } from '../database/opened-database';
import { RetriedWrites } from '../database/retried-writes';
import { type Log, messageOf } from '../log/log';

export type NewVmEvent = Pick<VmEvent, 'kind' | 'detail'>;

type NewRow = NewVmEvent & { readonly vmId: string; readonly at: Date };

/** So that no statement holds the database for long. */
const PRUNE_BATCH = 500;

/** What happened to machines, for people to look back at. */
export class VmHistory {
  private readonly writes: RetriedWrites<NewRow>;

  constructor(
    private readonly database: Database,
    log: Log,
  ) {
    this.writes = new RetriedWrites(
      (data) => database.vmEvent.create({ data }),
      ({ vmId, kind }, error) =>
        log.error('an event of a machine could not be written down yet', {
          machine: vmId,
          kind,
          cause: messageOf(error),
        }),
    );
  }

  /** Written in order and later; a machine does not wait for it. */
  record(vmId: string, { kind, detail }: NewVmEvent): void {
    void this.writes.add({ vmId, at: new Date(), kind, detail });
  }

  /**
   * Newest first.
   * @param before the id of the last one that is known
   */
  async list(vmId: string, limit: number, before?: number): Promise<VmEvent[]> {
    const events = await this.find({ vmId }, limit, before);
    return events.map(({ vmId: _, ...event }) => event);
  }

  /** Of all machines. */
  listAny(limit: number, before?: number): Promise<AnyVmEvent[]> {
    return this.find({}, limit, before);
  }

  private async find(
    of: { readonly vmId?: string },
    limit: number,
    before?: number,
  ): Promise<AnyVmEvent[]> {
    await this.writes.flush();
    const rows = await this.database.vmEvent.findMany({
      where: { ...of, ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: 'desc' },
      take: limit,
    });
    return rows.map((row) => ({
      id: row.id,
      vmId: row.vmId,
      at: row.at.toISOString(),
      kind: row.kind,
      detail: row.detail as VmEvent['detail'],
    }));
  }

  async forget(vmId: string): Promise<void> {
    await this.writes.flush();
    await this.database.vmEvent.deleteMany({ where: { vmId } });
  }

  async prune(before: Date): Promise<void> {
    for (;;) {
      const rows = await this.database.vmEvent.findMany({
        where: { at: { lt: before } },
        select: { id: true },
        take: PRUNE_BATCH,
      });
      if (rows.length === 0) return;
      const ids = rows.map(({ id }) => id);
      await this.database.vmEvent.deleteMany({ where: { id: { in: ids } } });
    }
  }

  /** Once all that was recorded is written, or was tried. */
  close(): Promise<void> {
    return this.writes.close();
  }
}
