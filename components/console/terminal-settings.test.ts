import { describe, expect, it } from 'vitest';
import { FONT_SIZES, parseSettings } from './terminal-settings';

const FIRST = { fontSize: FONT_SIZES.first, screenReader: false };

describe('parseSettings', () => {
  it.each([null, '', 'not json', '7', '[]', 'null', '{"fontSize":"big"}', '{"fontSize":900}'])(
    'falls back for %j',
    (text) => {
      expect(parseSettings(text)).toEqual(FIRST);
    },
  );

  it('keeps what is right beside what is not', () => {
    expect(parseSettings('{"fontSize":0,"screenReader":true}')).toEqual({
      fontSize: FONT_SIZES.first,
      screenReader: true,
    });
    expect(parseSettings('{"fontSize":18}')).toEqual({ ...FIRST, fontSize: 18 });
  });
});
