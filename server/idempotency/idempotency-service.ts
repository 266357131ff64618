import type { Prisma } from '../../prisma/generated/client';
import type { Database } from '../database/opened-database';
import { isUniqueViolation } from '../database/unique-violation';
import { ProblemError } from '../problems/problem-error';

/** How long a client may come back for the answer. */
export const KEPT_MS = 24 * 3_600_000;

/** What a request was answered with. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly location: string | null;
}

/** Answers to requests that must not be carried out twice, by the key their client gave them. */
export class IdempotencyService {
  constructor(
    private readonly database: Database,
    private readonly now: () => number = Date.now,
  ) {}

  /** What the last console began and never answered may be asked for again. */
  async open(): Promise<void> {
    await this.database.idempotencyKey.deleteMany({ where: { status: null } });
  }

  /**
   * @returns the answer that was given before, or undefined for whoever is to answer now
   * @throws ProblemError 409 while another does, 422 when the key was for another request
   */
  async begin(userId: string, key: string, fingerprint: string): Promise<Answer | undefined> {
    const at = new Date(this.now());
    try {
      await this.database.idempotencyKey.create({
        data: { userId, key, fingerprint, createdAt: at },
      });
      return undefined;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
    const row = await this.database.idempotencyKey.findUnique({
      where: { userId_key: { userId, key } },
    });
    // Gone between the two looks: the first one has failed.
    if (row === null) throw inProgress();
    if (row.createdAt.getTime() + KEPT_MS <= at.getTime()) {
      await this.forget(userId, key);
      return this.begin(userId, key, fingerprint);
    }
    if (row.fingerprint !== fingerprint) throw otherRequest();
    if (row.status === null) throw inProgress();
    return { status: row.status, body: row.body, location: row.location };
  }

  async finish(userId: string, key: string, { status, body, location }: Answer): Promise<void> {
    await this.database.idempotencyKey.updateMany({
      where: { userId, key },
      data: { status, body: body as Prisma.InputJsonValue, location },
    });
  }

  async forget(userId: string, key: string): Promise<void> {
    await this.database.idempotencyKey.deleteMany({ where: { userId, key } });
  }

  async prune(): Promise<void> {
    const before = new Date(this.now() - KEPT_MS);
    await this.database.idempotencyKey.deleteMany({ where: { createdAt: { lt: before } } });
  }
}

function inProgress(): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'in-progress',
    title: 'Being answered',
    detail: 'A request with this Idempotency-Key is being answered.',
    hint: 'Wait a moment and send the same request again.',
    headers: { 'retry-after': '1' },
  });
}

function otherRequest(): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'key-of-another-request',
    title: 'The key was used before',
    detail: 'This Idempotency-Key came with another request.',
    hint: 'Make a new key for each thing that is to be made.',
  });
}
