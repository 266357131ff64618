import type { PrismaClient } from '../../prisma/generated/client';

/** The client of either kind of database: both are made from one schema. */
export type Database = PrismaClient;

export interface OpenedDatabase {
  readonly database: Database;
  /** Names of the migrations that were applied just now, oldest first. */
  readonly applied: readonly string[];
  close(): Promise<void>;
}
