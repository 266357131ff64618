import type { Random } from './random';

/** Something that strangers feed. */
export interface FuzzTarget {
  readonly name: string;
  /**
   * One round from a seed of its own. Throws when something happened that must never happen.
   * @returns how many operations it did
   */
  round(random: Random): number | Promise<number>;
  close?(): void;
}
