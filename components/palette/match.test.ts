import { describe, expect, it } from 'vitest';
import { matchScore } from './match';

const best = (typed: string, ...texts: string[]) =>
  texts
    .map((text) => ({ text, score: matchScore(text, typed) }))
    .filter(({ score }) => score !== undefined)
    .sort((a, b) => (b.score ?? 0) - (a.score ?? 0))
    .map(({ text }) => text);

describe('what was typed', () => {
  it('finds what has its letters in their order', () => {
    expect(best('mch', 'Machines', 'Images', 'chm')).toEqual(['Machines']);
    expect(best('', 'a', 'bb')).toEqual(['a', 'bb']);
  });

  it('prefers beginnings of words and letters side by side', () => {
    expect(best('sw', 'answers', 'Start web-1')).toEqual(['Start web-1', 'answers']);
    expect(best('web', 'where is bob', 'a web')).toEqual(['a web', 'where is bob']);
    expect(best('ci9', 'ci-19', 'ci-9')[0]).toBe('ci-9');
  });

  it('works in every script', () => expect(best('虚拟', '虚拟机', '镜像')).toEqual(['虚拟机']));
});
