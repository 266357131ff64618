import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cast } from './cast';
import { CastPlayer } from './cast-player';

const CAST: Cast = {
  size: { columns: 80, rows: 24 },
  events: [
    { at: 1, output: 'a' },
    { at: 2, output: 'b' },
    { at: 2, size: { columns: 40, rows: 10 } },
    { at: 3, output: 'c' },
  ],
  duration: 3,
};

let shown: string;
let player: CastPlayer;

beforeEach(() => {
  vi.useFakeTimers();
  shown = '';
  player = new CastPlayer(
    CAST,
    {
      clear: () => {
        shown = '';
      },
      write: (output) => {
        shown += output;
      },
      resize: ({ columns }) => {
        shown += `<${columns}>`;
      },
    },
    () => Date.now(),
  );
});
afterEach(() => {
  player.close();
  vi.useRealTimers();
});

describe('a recording that is played', () => {
  it('shows each piece at its time, and ends', () => {
    player.play();
    vi.advanceTimersByTime(1100);
    expect(shown).toBe('<80>a');
    vi.advanceTimersByTime(1000);
    expect(shown).toBe('<80>ab<40>');
    vi.advanceTimersByTime(5000);
    expect(shown).toBe('<80>ab<40>c');
    expect(player.state).toEqual({ isPlaying: false, place: 3, speed: 1 });
  });

  it('can be fast and slow', () => {
    player.setSpeed(4);
    player.play();
    vi.advanceTimersByTime(600);
    expect(shown).toBe('<80>ab<40>');
    player.setSpeed(0.5);
    vi.advanceTimersByTime(600);
    expect(shown).toBe('<80>ab<40>');
  });

  it('stands still while it is paused', () => {
    player.play();
    vi.advanceTimersByTime(1500);
    player.toggle();
    vi.advanceTimersByTime(60_000);
    expect(shown).toBe('<80>a');
    player.toggle();
    vi.advanceTimersByTime(600);
    expect(shown).toBe('<80>ab<40>');
  });

  it('goes forward at once, and back by beginning anew', () => {
    player.seek(2.5);
    expect(shown).toBe('<80>ab<40>');
    player.seek(1);
    expect(shown).toBe('<80>a');
    player.seek(-3);
    expect(shown).toBe('<80>');
    expect(player.state.place).toBe(0);
  });

  it('begins again after its end', () => {
    player.seek(99);
    player.play();
    vi.advanceTimersByTime(1100);
    expect(shown).toBe('<80>a');
  });
});
