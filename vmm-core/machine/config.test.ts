import { describe, expect, it } from 'vitest';
import { parseMachineConfig } from './config';
import { ConfigError } from './config-checks';

const HOST = 8 * 2 ** 30;
const good = {
  id: 'vm-1',
  vcpus: 1,
  memoryBytes: 64 * 2 ** 20,
  boot: { kernel: '/images/vmlinux', cmdline: 'console=ttyS0' },
};

function withModules(modules: readonly unknown[]) {
  return { ...good, boot: { ...good.boot, modules } };
}

function fieldOf(input: unknown): string {
  try {
    parseMachineConfig(input, HOST);
  } catch (error) {
    if (error instanceof ConfigError) return error.field;
    throw error;
  }
  return 'none';
}

describe('a machine configuration', () => {
  it('is taken when it is right, with its defaults filled in', () => {
    expect(parseMachineConfig(good, HOST)).toEqual({ ...good, debugExit: false });
  });

  it('may have as many modules as there is room for, with a command line or none', () => {
    const modules = Array.from({ length: 16 }, () => ({ path: '/images/module' }));
    expect(parseMachineConfig(withModules(modules), HOST).boot.modules).toEqual(
      modules.map((module) => ({ ...module, cmdline: '' })),
    );
  });

  it.each([
    ['config', null],
    ['config', []],
    ['config.disk', { ...good, disk: 1 }],
    ['id', { ...good, id: '' }],
    ['id', { ...good, id: 'a\u0007b' }],
    ['vcpus', { ...good, vcpus: 0 }],
    ['vcpus', { ...good, vcpus: 1000 }],
    ['vcpus', { ...good, vcpus: 1.5 }],
    ['vcpus', { ...good, vcpus: '2' }],
    ['memoryBytes', { ...good, memoryBytes: 0 }],
    ['memoryBytes', { ...good, memoryBytes: 2 ** 21 + 1 }],
    ['memoryBytes', { ...good, memoryBytes: HOST + 4096 }],
    ['memoryBytes', { ...good, memoryBytes: Number.NaN }],
    ['boot', { ...good, boot: 'linux' }],
    ['boot.kernel', { ...good, boot: { ...good.boot, kernel: 'vmlinux' } }],
    ['boot.kernel', { ...good, boot: { ...good.boot, kernel: '/a\0b' } }],
    ['boot.initrd', { ...good, boot: { ...good.boot, initrd: 7 } }],
    ['boot.cmdline', { ...good, boot: { ...good.boot, cmdline: 'a\nb' } }],
    ['boot.cmdline', { ...good, boot: { ...good.boot, cmdline: 'é'.repeat(1024) } }],
    ['boot.modules', { ...good, boot: { ...good.boot, modules: 'a' } }],
    ['boot.modules', withModules(Array.from({ length: 17 }, () => ({ path: '/a', cmdline: '' })))],
    ['boot.modules[1]', withModules([{ path: '/a', cmdline: '' }, '/b'])],
    ['boot.modules[0].name', withModules([{ path: '/a', cmdline: '', name: 'a' }])],
    ['boot.modules[0].path', withModules([{ path: 'a', cmdline: '' }])],
    ['boot.modules[0].cmdline', withModules([{ path: '/a', cmdline: 'x'.repeat(2048) }])],
    ['boot.modules[0].cmdline', withModules([{ path: '/a', cmdline: 'a\nb' }])],
    ['debugExit', { ...good, debugExit: 'yes' }],
  ])('is refused naming %s', (field, input) => {
    expect(fieldOf(input)).toBe(field);
  });

  it('says what to do', () => {
    const tooMuch = { ...good, memoryBytes: HOST * 2 };
    expect(() => parseMachineConfig(tooMuch, HOST)).toThrow(
      /more than the 8589934592 this host has/,
    );
  });
});
