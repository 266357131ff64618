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
