import { describe, expect, it } from 'vitest';
import { chosenColumns } from './use-columns';

const keysOf = (saved: string | null, isVeryWide: boolean) =>
  chosenColumns(saved, isVeryWide).map(({ key }) => key);

describe('the columns that are shown', () => {
  it('are more on a wall screen, where nobody has chosen', () => {
    expect(keysOf(null, false)).not.toContain('image');
    expect(keysOf(null, true)).toEqual(expect.arrayContaining(['image', ...keysOf(null, false)]));
  });

  it('are those that were chosen, in their own order, on every screen', () => {
    for (const isVeryWide of [false, true]) {
      expect(keysOf('since,state', isVeryWide)).toEqual(['state', 'since']);
    }
  });

  it('are none when all were taken away', () => {
    expect(keysOf('', false)).toEqual([]);
  });
});
