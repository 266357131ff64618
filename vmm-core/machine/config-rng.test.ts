import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-checks';
import { parseRngConfig } from './config-rng';

describe('the configuration of a source of random bytes', () => {
  it('needs an id, and takes a limit', () => {
    expect(parseRngConfig({ id: 'rng' }, 'rng')).toEqual({ id: 'rng' });
    const limited = { id: 'rng', limit: { bytesPerSecond: 65_536, burst: 1000 } };
    expect(parseRngConfig(limited, 'rng')).toEqual(limited);
  });

  it.each([
    ['rng.id', {}],
    ['rng.id', { id: '' }],
    ['rng.limit', { id: 'rng', limit: 5 }],
    ['rng.limit.bytesPerSecond', { id: 'rng', limit: { bytesPerSecond: 0 } }],
    ['rng.source', { id: 'rng', source: '/dev/random' }],
  ])('names %s as the wrong field of %o', (field, rng) => {
    expect(() => parseRngConfig(rng, 'rng')).toThrow(ConfigError);
    expect(() => parseRngConfig(rng, 'rng')).toThrow(`${field}:`);
  });
});
