import { randomUUID } from 'node:crypto';
import type { TestConsole } from '../support/console';
import type { Gate } from './gate';

export interface Answered<T> {
  readonly status: number;
  readonly body: T;
  /** Whether the question had to be asked more than once. */
  readonly repeated: boolean;
}

const TRIES = 100;

/** Asks until there is an answer, however often the console dies meanwhile. */
export class PersistentClient {
  constructor(
    private readonly console: TestConsole,
    private readonly gate: Gate,
  ) {}

  /** A POST that makes something carries a key, so that asking twice makes it once. */
  async ask<T>(
    method: string,
    path: string,
    body?: unknown,
    bytes?: Uint8Array,
  ): Promise<Answered<T>> {
    const headers = method === 'POST' ? { 'idempotency-key': randomUUID() } : {};
    for (let tries = 1; tries <= TRIES; tries += 1) {
      try {
        const { status, body: answer } = await this.gate.pass(() =>
          this.console.request(method, path, bytes ?? body, headers),
        );
        if (status !== 503) return { status, body: answer as T, repeated: tries > 1 };
      } catch (error) {
        // The console is gone; the gate is closed until it is back.
        if (!(error instanceof TypeError)) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`${method} ${path} was not answered in ${TRIES} tries`);
  }
}
