import pg from 'pg';
import { PostgresqlServer } from '../../server/database/testing/postgresql-server';

/** Kinds of database that a console keeps its state in. */
export const DATABASES = ['SQLite', 'PostgreSQL'] as const;
export type DatabaseKind = (typeof DATABASES)[number];

type Environment = Readonly<Record<string, string>>;

/** What tells consoles where their databases are: each gets an empty one of its own. */
export class TestDatabases {
  private made = 0;

  private constructor(
    /** Of PostgreSQL, to do it harm. */
    readonly server: PostgresqlServer | undefined,
  ) {}

  static async start(kind: DatabaseKind): Promise<TestDatabases> {
    return new TestDatabases(kind === 'PostgreSQL' ? await PostgresqlServer.start() : undefined);
  }

  /** For SQLite that is nothing: the database is a file in the console's own directory. */
  async environment(): Promise<Environment> {
    if (this.server === undefined) return {};
    this.made += 1;
    const name = `console_${this.made}`;
    const client = new pg.Client({ connectionString: this.server.url });
    await client.connect();
    try {
      await client.query(`CREATE DATABASE ${name}`);
    } finally {
      await client.end();
    }
    const url = new URL(this.server.url);
    url.pathname = `/${name}`;
    return { DATABASE_URL: url.href };
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }
}
