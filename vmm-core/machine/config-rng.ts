import type { Limit } from '../devices/rate-limiter';
import { object, onlyKeys, optional, printable } from './config-checks';
import { parseLimit } from './config-limit';

/** A source of random bytes of a machine. */
export interface RngConfig {
  /** The caller's name for it, unique in the machine. */
  readonly id: string;
  /** Of random bytes, and of requests for them. */
  readonly limit?: Limit;
}

/**
 * Checks a source of random bytes; `field` is its place in the configuration.
 * @throws ConfigError naming the first field that is wrong
 */
export function parseRngConfig(input: unknown, field: string): RngConfig {
  const rng = object(input, field);
  onlyKeys(rng, field, ['id', 'limit']);
  return {
    id: printable(rng['id'], `${field}.id`, 64),
    ...optional(rng, 'limit', (limit, key) => parseLimit(limit, `${field}.${key}`)),
  };
}
