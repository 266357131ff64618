import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { QUIET_MS, ReplayGuard } from './replay-guard';

const CURSOR_POSITION = '\u001b[24;5R';

let guard: ReplayGuard;

beforeEach(() => {
  vi.useFakeTimers();
  guard = new ReplayGuard();
  guard.begin();
});
afterEach(() => vi.useRealTimers());

describe('ReplayGuard', () => {
  it.each([
    ['a cursor position', CURSOR_POSITION],
    ['a status', '\u001b[0n'],
    ['device attributes', '\u001b[?1;2c'],
    ['secondary device attributes', '\u001b[>0;276;0c'],
    ['a mode report', '\u001b[?2026;2$y'],
    ['a setting', '\u001bP1$r0m\u001b\\'],
    ['a colour', '\u001b]11;rgb:0d0d/1010/1717\u001b\\'],
  ])('holds back %s while old output is shown', (_, answer) => {
    expect(guard.lets(answer)).toBe(false);
  });

  it.each([
    'a',
    'é',
    '\r',
    '\u0003',
    '\u001b',
    '\u001b[A',
    '\u001b[3~',
    '\u001bOP',
    '\u001b[200~x',
  ])('lets keys through: %j', (key) => {
    expect(guard.lets(key)).toBe(true);
  });

  it('is over when no output comes for a moment', () => {
    for (let i = 0; i < 5; i++) {
      vi.advanceTimersByTime(QUIET_MS - 1);
      guard.shown();
    }
    expect(guard.lets(CURSOR_POSITION)).toBe(false);
    vi.advanceTimersByTime(QUIET_MS);
    expect(guard.lets(CURSOR_POSITION)).toBe(true);
    guard.shown();
    expect(guard.lets(CURSOR_POSITION)).toBe(true);
  });

  it('is over when somebody types, and begins again with a connection', () => {
    guard.end();
    expect(guard.lets(CURSOR_POSITION)).toBe(true);
    guard.begin();
    expect(guard.lets(CURSOR_POSITION)).toBe(false);
  });
});
