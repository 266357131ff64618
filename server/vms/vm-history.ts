import type { AnyVmEvent, VmEvent } from '../api/vm-events';
import type { Database } from '../database/opened-database';
import { type Log, messageOf } from '../log/log';

export type NewVmEvent = Pick<VmEvent, 'kind' | 'detail'>;

/** What happened to machines, for people to look back at. */
export class VmHistory {
  private writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /** Written in order and later; a machine does not wait for it. */
  record(vmId: string, { kind, detail }: NewVmEvent): void {
    const at = new Date();
    this.writing = this.writing
      .then(() => this.database.vmEvent.create({ data: { vmId, at, kind, detail } }))
      .catch((error: unknown) => {
        this.log.error('an event of a machine could not be written down', {
          machine: vmId,
          kind,
          cause: messageOf(error),
        });
      });
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
    await this.writing;
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
    await this.writing;
    await this.database.vmEvent.deleteMany({ where: { vmId } });
  }

  async prune(before: Date): Promise<void> {
    await this.database.vmEvent.deleteMany({ where: { at: { lt: before } } });
  }

  /** Once all that was recorded is written. */
  async close(): Promise<void> {
    await this.writing;
  }
}
