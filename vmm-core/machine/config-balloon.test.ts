import { describe, expect, it } from 'vitest';
import { parseBalloonConfig } from './config-balloon';
import { ConfigError } from './config-checks';

const MEMORY = 2 ** 28;

describe('the configuration of a balloon', () => {
  it('needs an id, and fills in the rest', () => {
    expect(parseBalloonConfig({ id: 'balloon' }, 'balloon', MEMORY)).toEqual({
      id: 'balloon',
      targetBytes: 0,
      deflateOnOom: true,
      reporting: true,
      statsIntervalSeconds: 0,
    });
  });

  it('takes everything that can be said', () => {
    const all = {
      id: 'balloon',
      targetBytes: MEMORY,
      deflateOnOom: false,
      reporting: false,
      statsIntervalSeconds: 10,
    };
    expect(parseBalloonConfig(all, 'balloon', MEMORY)).toEqual(all);
  });

  it.each([
    ['id', { id: 5 }],
    ['targetBytes', { targetBytes: MEMORY + 1 }],
    ['targetBytes', { targetBytes: -1 }],
    ['targetBytes', { targetBytes: 0.5 }],
    ['deflateOnOom', { deflateOnOom: 'no' }],
    ['reporting', { reporting: 1 }],
    ['statsIntervalSeconds', { statsIntervalSeconds: 3601 }],
    ['hinting', { hinting: true }],
  ])('names %s as the wrong field of %o', (field, change) => {
    const parse = (): unknown => parseBalloonConfig({ id: 'b', ...change }, 'balloon', MEMORY);
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(`balloon.${field}:`);
  });
});
