import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../database/testing/test-database';
import { silentLog } from '../log/log';
import { AuditService } from './audit-service';
import { AuditStore, type NewAuditEntry } from './audit-store';

let opened: TestDatabase;
let audit: AuditService;

beforeEach(async () => {
  opened = await openTestDatabase();
  audit = new AuditService(new AuditStore(opened.database), silentLog);
});
afterEach(() => opened.close());

const entry = (parts: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
  at: new Date('2026-01-02T00:00:00Z'),
  userId: 'u1',
  userName: 'ada',
  via: 'session',
  address: '192.0.2.7',
  action: 'vm.operate',
  operation: 'startVm',
  resourceKind: 'vm',
  resourceId: 'v1',
  resourceName: 'linux-1',
  outcome: 'ok',
  code: null,
  ...parts,
});

describe('the audit log', () => {
  it('is read newest first, page by page', async () => {
    for (let i = 0; i < 5; i++) await audit.record(entry({ resourceId: `v${i}` }));
    const first = await audit.list({}, 3);
    expect(first.map(({ resourceId }) => resourceId)).toEqual(['v4', 'v3', 'v2']);
    const rest = await audit.list({}, 3, first.at(-1)?.id);
    expect(rest.map(({ resourceId }) => resourceId)).toEqual(['v1', 'v0']);
  });

  it.each([
    [{ user: 'ada' }, 1],
    [{ user: 'u2' }, 1],
    [{ action: 'vm.delete' }, 1],
    [{ resource: 'v9' }, 1],
    [{ outcome: 'refused' }, 1],
    [{ from: '2026-02-01T00:00:00.000Z' }, 1],
    [{ to: '2026-01-03T00:00:00.000Z' }, 1],
    [{ user: 'nobody' }, 0],
  ] as const)('is filtered by %o', async (filter, count) => {
    await audit.record(entry());
    await audit.record(
      entry({
        userId: 'u2',
        userName: 'bob',
        action: 'vm.delete',
        resourceId: 'v9',
        outcome: 'refused',
        code: 'forbidden',
        at: new Date('2026-03-01T00:00:00Z'),
      }),
    );
    expect(await audit.list(filter, 10)).toHaveLength(count);
  });

  it('is exported whole as JSON lines, oldest first', async () => {
    await opened.database.auditEntry.createMany({
      data: Array.from({ length: 1201 }, (_, i) => {
        const { operation: _operation, ...row } = entry({ resourceId: String(i) });
        return row;
      }),
    });
    const ids: string[] = [];
    for await (const line of audit.export({})) ids.push(JSON.parse(line).resourceId);
    expect(ids).toEqual(Array.from({ length: 1201 }, (_, i) => String(i)));
  });

  it('tells what was asked for', async () => {
    await audit.record(entry());
    expect(await audit.list({}, 1)).toMatchObject([{ action: 'vm.operate', operation: 'startVm' }]);
  });

  it('is not filled by strangers who ask and ask, and still tells of them and of others', async () => {
    const stranger = { via: 'none', outcome: 'refused', userId: '', userName: '' } as const;
    for (let i = 0; i < 150; i += 1) {
      await audit.record(entry({ ...stranger, address: `2001:db8::${i}` }));
    }
    await audit.record(entry({ ...stranger, address: '192.0.2.8' }));
    await audit.record(entry());
    expect(await audit.list({ outcome: 'refused' }, 200)).toHaveLength(101);
    expect(await audit.list({ user: 'ada' }, 200)).toHaveLength(1);
  });

  it('loses only what is older than it is to be kept', async () => {
    await audit.record(entry());
    await audit.record(entry({ at: new Date('2026-06-01T00:00:00Z') }));
    await audit.prune(new Date('2026-03-01T00:00:00Z'));
    expect((await audit.list({}, 10)).map(({ at }) => at)).toEqual(['2026-06-01T00:00:00.000Z']);
  });

  it('keeps what could not be written, and writes it later', async () => {
    const store = new AuditStore(opened.database);
    let isFull = true;
    const add = store.add.bind(store);
    store.add = (entries) => (isFull ? Promise.reject(new Error('disk full')) : add(entries));
    const service = new AuditService(store, silentLog);
    await service.record(entry());
    await service.close();
    expect(await service.list({}, 10)).toEqual([]);
    isFull = false;
    await service.close();
    expect(await service.list({}, 10)).toHaveLength(1);
  });
});
