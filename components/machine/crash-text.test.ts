import { describe, expect, it } from 'vitest';
import type { Crash } from '@/server/api/vms';
import { crashText } from './crash-text';

const CRASH: Crash = {
  reason: 'triple-fault',
  message: 'A fault while handling a double fault.',
  hint: 'Look at the last lines.',
  at: '2026-01-01T00:00:00.000Z',
  lastLines: [],
};

describe('crashText', () => {
  it('holds everything that is known', () => {
    const text = crashText('web', {
      ...CRASH,
      vcpu: 1,
      registers: { rip: '0xffffffff81000000', r8: '0x0' },
      instructionBytes: '0f 0b',
      lastLines: ['Kernel panic', 'end'],
    });
    expect(text).toBe(
      [
        'web: A fault while handling a double fault. (triple-fault)',
        'at 2026-01-01T00:00:00.000Z, vCPU 1',
        'Look at the last lines.',
        '',
        'rip      0xffffffff81000000',
        'r8       0x0',
        '',
        'bytes at RIP: 0f 0b',
        '',
        'Kernel panic',
        'end',
        '',
      ].join('\n'),
    );
  });

  it('leaves out what is not', () => {
    expect(crashText('web', CRASH).split('\n')).toHaveLength(4);
  });
});
