import { PrismaLibSql } from '@prisma/adapter-libsql';

type Config = Parameters<PrismaLibSql['createClient']>[0];
type Client = ReturnType<PrismaLibSql['createClient']>;
type Transaction = Awaited<ReturnType<Client['transaction']>>;

/** How long a statement waits for another process that holds the file, in milliseconds. */
export const BUSY_TIMEOUT_MS = 5000;

/**
 * Kept by the connection, not by the file, so each connection is told anew. WAL with
 * synchronous=NORMAL survives a killed process whole; a power cut may take the last transactions
 * but never the file's consistency.
 */
const CONNECTION_PRAGMAS = [
  'PRAGMA journal_mode = WAL',
  `PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`,
  'PRAGMA foreign_keys = ON',
  'PRAGMA synchronous = NORMAL',
];

/**
 * Prisma's libSQL adapter over one connection. libSQL's own client gives its connection away with
 * each transaction and opens another, which has foreign keys off and the old one not yet closed.
 * The adapter holds its lock from the beginning of a transaction to its end, so nothing else can
 * come between BEGIN and COMMIT on the one connection we keep.
 */
export class OneConnectionLibSql extends PrismaLibSql {
  /** A transaction that reads first and writes later cannot fail with "busy" halfway. */
  protected readonly begin: string = 'BEGIN IMMEDIATE';

  override createClient(config: Config): Client {
    const client = super.createClient(config);
    client.transaction = async () => {
      await client.execute(this.begin);
      return new SameConnectionTransaction(client);
    };
    return client;
  }
}

/** For a process that only reads: in WAL mode its transactions hinder no writer. */
export class ReadingLibSql extends OneConnectionLibSql {
  protected override readonly begin = 'BEGIN DEFERRED';
}

class SameConnectionTransaction implements Transaction {
  closed = false;

  constructor(private readonly client: Client) {}

  execute: Transaction['execute'] = (statement) => this.client.execute(statement);

  batch: Transaction['batch'] = async (statements) => {
    const results = [];
    for (const statement of statements) results.push(await this.client.execute(statement));
    return results;
  };

  executeMultiple: Transaction['executeMultiple'] = (sql) => this.client.executeMultiple(sql);

  async commit(): Promise<void> {
    await this.end('COMMIT');
  }

  async rollback(): Promise<void> {
    if (!this.closed) await this.end('ROLLBACK');
  }

  close(): void {
    void this.rollback();
  }

  private async end(word: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    await this.client.execute(word);
    this.closed = true;
  }
}

/** A place the pragmas can be sent to: a Prisma client, or an adapter in a test. */
export interface PragmaTarget {
  $queryRawUnsafe<T>(sql: string): Promise<T>;
}

/**
 * Sets the connection up and reads back that SQLite took it.
 * @throws Error when a setting was not taken, for example WAL on a network file system
 */
export async function setUpConnection(target: PragmaTarget): Promise<void> {
  for (const pragma of CONNECTION_PRAGMAS) await target.$queryRawUnsafe(pragma);
  const expected: readonly (readonly [string, string, string])[] = [
    ['journal_mode', 'journal_mode', 'wal'],
    ['busy_timeout', 'timeout', String(BUSY_TIMEOUT_MS)],
    ['foreign_keys', 'foreign_keys', '1'],
    ['synchronous', 'synchronous', '1'],
  ];
  for (const [pragma, column, value] of expected) {
    const rows = await target.$queryRawUnsafe<Record<string, unknown>[]>(`PRAGMA ${pragma}`);
    const got = String(rows[0]?.[column]);
    if (got !== value) {
      throw new Error(
        `SQLite keeps ${pragma} at ${got} where ${value} is needed. ` +
          'Put the data directory on a local file system.',
      );
    }
  }
}
