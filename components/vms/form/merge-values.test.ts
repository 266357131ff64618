import { describe, expect, it } from 'vitest';
import { mergeValues } from './merge-values';
import { defaultValues } from './vm-values';

const before = { ...defaultValues('web'), memory: '64', memoryUnit: 'MiB' as const };

describe('mergeValues', () => {
  it('takes what only the other changed, and keeps what was typed here', () => {
    const { merged, changes } = mergeValues(
      before,
      { ...before, notes: 'mine' },
      { ...before, vcpus: '2' },
    );
    expect(merged).toEqual({ ...before, notes: 'mine', vcpus: '2' });
    expect(changes).toEqual([{ fields: ['vcpus'], contested: false }]);
  });

  it('keeps what was typed here where both changed it, and says so', () => {
    const { merged, changes } = mergeValues(
      before,
      { ...before, name: 'mine' },
      { ...before, name: 'theirs' },
    );
    expect(merged.name).toBe('mine');
    expect(changes).toEqual([{ fields: ['name'], contested: true }]);
  });

  it('has nothing to decide where both changed it alike', () => {
    const alike = { ...before, name: 'alike' };
    expect(mergeValues(before, alike, alike).changes).toEqual([
      { fields: ['name'], contested: false },
    ]);
  });

  it('does not make 96 GiB of 96 MiB here and 1 GiB there', () => {
    const { merged, changes } = mergeValues(
      before,
      { ...before, memory: '96' },
      { ...before, memory: '1', memoryUnit: 'GiB' },
    );
    expect([merged.memory, merged.memoryUnit]).toEqual(['96', 'MiB']);
    expect(changes).toEqual([{ fields: ['memory', 'memoryUnit'], contested: true }]);
  });
});
