import { describe, expect, it } from 'vitest';
import { parseCast, withoutPauses } from './cast';

const HEADER = '{"version":2,"width":100,"height":30,"timestamp":1}';
const cast = (...lines: string[]) => parseCast([HEADER, ...lines].join('\n'));

describe('a recording', () => {
  it('is read with its size and its events', () => {
    expect(cast('[0.5,"o","a\\r\\n"]', '[1,"r","90x20"]', '[2,"o","é"]', '')).toEqual({
      size: { columns: 100, rows: 30 },
      events: [
        { at: 0.5, output: 'a\r\n' },
        { at: 1, size: { columns: 90, rows: 20 } },
        { at: 2, output: 'é' },
      ],
      duration: 2,
    });
  });

  it('shows nothing of marks and of what was typed', () =>
    expect(cast('[1,"m","here"]', '[2,"i","x"]', '[3,"r","all"]').events).toEqual([]));

  it('may end in the middle of a line', () =>
    expect(cast('[1,"o","a"]', '[2,"o","b').duration).toBe(1));

  it('is refused when it is something else', () => {
    for (const text of ['', 'GIF89a', '{"version":1}', '[]']) {
      expect(() => parseCast(text)).toThrow('no recording');
    }
  });

  it('can do without its pauses', () => {
    const { events, duration } = withoutPauses(
      cast('[1,"o","a"]', '[60,"o","b"]', '[61,"o","c"]'),
      2,
    );
    expect(events.map(({ at }) => at)).toEqual([1, 3, 4]);
    expect(duration).toBe(4);
  });
});
