import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-checks';
import { parseConsoleConfig, terminalSize } from './config-console';

const LONG = `/${'a'.repeat(107)}`;
const port = (name: string): object => ({ name, path: `/run/${name}` });

describe('the configuration of a console device', () => {
  it('needs an id and the path of its socket, and may have further ports', () => {
    const console = { id: 'console', path: '/run/console' };
    expect(parseConsoleConfig(console, 'console')).toEqual({ ...console, ports: [] });
    const all = { ...console, ports: [port('org.qemu.guest_agent.0'), port('log-1')] };
    expect(parseConsoleConfig(all, 'console')).toEqual(all);
  });

  it.each([
    ['id', { id: '' }],
    ['path', { path: 'run/console' }],
    ['path', { path: LONG }],
    ['ports', { ports: 'agent' }],
    ['ports', { ports: Array.from({ length: 16 }, (_, i) => port(`port${i}`)) }],
    ['ports[0]', { ports: ['agent'] }],
    ['ports[0].name', { ports: [port('')] }],
    ['ports[0].name', { ports: [port('../tty')] }],
    ['ports[1].name', { ports: [port('a'), port('a/b')] }],
    ['ports[0].name', { ports: [port('.hidden')] }],
    ['ports[0].name', { ports: [port('a'.repeat(65))] }],
    ['ports[0].path', { ports: [{ name: 'agent', path: LONG }] }],
    ['ports[2].name', { ports: [port('a'), port('b'), port('a')] }],
    ['cols', { cols: 80 }],
  ])('names %s as the wrong field of %o', (field, change) => {
    const parse = (): unknown =>
      parseConsoleConfig({ id: 'console', path: '/run/c', ...change }, 'console');
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(`console.${field}:`);
  });
});

describe('the size of a terminal', () => {
  it('is of columns and rows', () => {
    expect(terminalSize({ cols: 132, rows: 43 }, 'size')).toEqual({ cols: 132, rows: 43 });
  });

  it.each([
    ['cols', { rows: 24 }],
    ['rows', { cols: 80, rows: 0 }],
    ['rows', { cols: 80, rows: 65536 }],
    ['width', { width: 80 }],
  ])('names %s as the wrong field of %o', (field, size) => {
    expect(() => terminalSize(size, 'size')).toThrow(`size.${field}:`);
  });
});
