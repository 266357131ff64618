import { describe, expect, it } from 'vitest';
import { returnPath, signInPath } from './return-path';

describe('returnPath', () => {
  it.each([
    ['/machines/a?tab=console', '/machines/a?tab=console'],
    ['/host#memory', '/host#memory'],
    [null, '/dashboard'],
    ['', '/dashboard'],
    ['https://elsewhere.example/', '/dashboard'],
    ['//elsewhere.example/', '/dashboard'],
    ['/\\elsewhere.example/', '/dashboard'],
    ['javascript:alert(1)', '/dashboard'],
    ['/sign-in?next=/sign-in', '/dashboard'],
  ])('leads %j to %s', (next, path) => expect(returnPath(next)).toBe(path));

  it('finds back what signInPath keeps', () => {
    const path = '/machines/a?tab=console&x=%26';
    const next = new URL(signInPath(path), 'http://h').searchParams.get('next');
    expect(returnPath(next)).toBe(path);
  });
});
