/**
 * What a backup holds, each table behind those it refers to. Not in it: sessions, for everybody can
 * sign in again; uploads, whose bytes are elsewhere; and answers that are kept for a day.
 */
export interface Table {
  /** As Prisma's client calls it. */
  readonly name: string;
  /** Columns that sort it, for reading it page by page. */
  readonly key: readonly string[];
  /** Columns of JSON that may hold nothing at all. */
  readonly nullableJson: readonly string[];
  /** As PostgreSQL calls it, where it counts its rows by itself. */
  readonly counted?: string;
}

const table = (name: string, more: Partial<Omit<Table, 'name'>> = {}): Table => ({
  name,
  key: ['id'],
  nullableJson: [],
  ...more,
});

export const TABLES: readonly Table[] = [
  table('setting', { key: ['key'] }),
  table('user'),
  table('apiToken'),
  table('auditEntry', { nullableJson: ['detail'], counted: 'AuditEntry' }),
  table('vm', { nullableJson: ['crash', 'problem'] }),
  table('vmEvent', { counted: 'VmEvent' }),
  table('image'),
  table('disk'),
  table('task', { nullableJson: ['problem', 'result'] }),
  table('taskLine', { key: ['taskId', 'seq'] }),
  table('recording'),
  table('metricBlock', { key: ['subject', 'stepSeconds', 'start'] }),
];
