import { describe, expect, it } from 'vitest';
import { KeySequence, nameOf } from './keys';

const press = (key: string, held: Partial<{ ctrlKey: boolean; altKey: boolean }> = {}) =>
  nameOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });

describe('a key', () => {
  it('has a name', () => {
    expect(press('?')).toBe('?');
    expect(press('K', { ctrlKey: true })).toBe('mod+k');
  });
  it('that writes nothing, or makes other signs, is no shortcut', () => {
    expect(press('Shift')).toBeUndefined();
    expect(press('q', { altKey: true })).toBeUndefined();
  });
});

describe('keys one after the other', () => {
  const known = new Set(['g m', 'g i', 'm', '/']);
  const typed = (...keys: [string, number][]) => {
    const sequence = new KeySequence();
    return keys.map(([key, at]) => sequence.press(key, at, known));
  };

  it('are a shortcut', () =>
    expect(typed(['g', 0], ['m', 500], ['/', 600])).toEqual([undefined, 'g m', '/']));
  it('are single ones when they come slowly', () =>
    expect(typed(['g', 0], ['m', 5000])).toEqual([undefined, 'm']));
  it('begin anew after what leads nowhere', () =>
    expect(typed(['g', 0], ['x', 1], ['m', 2], ['g', 3], ['i', 4])).toEqual([
      undefined,
      undefined,
      'm',
      undefined,
      'g i',
    ]));
});
