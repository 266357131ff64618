import type { Limit } from '../devices/rate-limiter';
import { integer, object, onlyKeys, optional } from './config-checks';

/** Far above what one machine moves; a number of this size stays exact. */
const MAX_PER_SECOND = 2 ** 40;
const MAX_BURST_MS = 60_000;

const perSecond = (value: unknown, field: string): number =>
  integer(value, field, 1, MAX_PER_SECOND);

/**
 * How much a device may do.
 * @throws ConfigError
 */
export function parseLimit(value: unknown, field: string): Limit {
  const limit = object(value, field);
  onlyKeys(limit, field, ['bytesPerSecond', 'operationsPerSecond', 'burst']);
  const inside = (key: string): string => `${field}.${key}`;
  return {
    ...optional(limit, 'bytesPerSecond', (rate, key) => perSecond(rate, inside(key))),
    ...optional(limit, 'operationsPerSecond', (rate, key) => perSecond(rate, inside(key))),
    ...optional(limit, 'burst', (ms, key) => integer(ms, inside(key), 1, MAX_BURST_MS)),
  };
}
