import { describe, expect, it } from 'vitest';
import { toggled } from './selection';

const ORDER = ['a', 'b', 'c', 'd'];
const chosenAfter = (ids: string[], id: string, from?: string) => [
  ...toggled(new Set(ids), ORDER, id, from),
];

describe('choosing machines', () => {
  it('adds one and takes it away', () => {
    expect(chosenAfter([], 'b')).toEqual(['b']);
    expect(chosenAfter(['b', 'c'], 'b')).toEqual(['c']);
  });

  it('goes through a range, in either direction', () => {
    expect(chosenAfter(['a'], 'c', 'a')).toEqual(['a', 'b', 'c']);
    expect(chosenAfter(['d'], 'b', 'd')).toEqual(['d', 'b', 'c']);
    expect(chosenAfter(['a', 'b', 'c'], 'c', 'a')).toEqual([]);
  });

  it('takes one alone when the range begins where nobody sees', () =>
    expect(chosenAfter([], 'c', 'gone')).toEqual(['c']));
});
