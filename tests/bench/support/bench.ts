import type { Cleanup } from './cleanup';
import type { Spread } from './stats';

/** One line of a bench's table. `limit` is what the project aims at. */
export interface BenchRow {
  readonly what: string;
  readonly value: string;
  readonly limit?: string;
}

/** What a bench found: for people as rows, for programs as keys. */
export interface BenchResult {
  readonly rows: readonly BenchRow[];
  readonly keys: Readonly<Record<string, number>>;
  /** How often each side was measured. */
  readonly runs: number;
  /** Of the headline figure. */
  readonly spread: Spread;
}

export interface BenchContext {
  /** Gives back processes and directories, whatever happens. */
  readonly cleanup: Cleanup;
  /** For people: what is going on. Never part of the result. */
  progress(text: string): void;
}

export interface Bench {
  readonly title: string;
  /** How it is measured, for the report. */
  readonly method: readonly string[];
  run(context: BenchContext): Promise<BenchResult>;
}

/** A bench that cannot be run here; the message says what is missing and how to get it. */
export class BenchError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BenchError';
  }
}

/** A row for a ratio that must not be above `limit`. */
export function ratioRow(what: string, ratio: number, limit: number): BenchRow {
  const verdict = ratio <= limit ? 'met' : 'missed';
  return { what, value: ratio.toFixed(2), limit: `at most ${limit.toFixed(2)}: ${verdict}` };
}
