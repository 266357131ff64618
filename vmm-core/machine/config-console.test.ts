import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-checks';
import { parseConsoleConfig } from './config-console';

describe('the configuration of a console device', () => {
  it('needs an id, and may name further ports', () => {
    expect(parseConsoleConfig({ id: 'console' }, 'console')).toEqual({ id: 'console', ports: [] });
    const all = { id: 'console', ports: ['org.qemu.guest_agent.0', 'log-1'] };
    expect(parseConsoleConfig(all, 'console')).toEqual(all);
  });

  it.each([
    ['id', { id: '' }],
    ['ports', { ports: 'agent' }],
    ['ports', { ports: Array.from({ length: 16 }, (_, i) => `port${i}`) }],
    ['ports[0]', { ports: [''] }],
    ['ports[0]', { ports: ['../tty'] }],
    ['ports[1]', { ports: ['a', 'a/b'] }],
    ['ports[0]', { ports: ['.hidden'] }],
    ['ports[0]', { ports: ['a'.repeat(65)] }],
    ['ports[2]', { ports: ['a', 'b', 'a'] }],
    ['cols', { cols: 80 }],
  ])('names %s as the wrong field of %o', (field, change) => {
    const parse = (): unknown => parseConsoleConfig({ id: 'console', ...change }, 'console');
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(`console.${field}:`);
  });
});
