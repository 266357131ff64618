import { describe, expect, it } from 'vitest';
import { StartError } from '../config/start-error';
import { databaseLocation } from './location';

describe('where the database is', () => {
  it('is a file in the data directory when nothing else is said', () => {
    const expected = { kind: 'sqlite', file: '/data/virtdeck.db' };
    expect(databaseLocation({}, '/data')).toEqual(expected);
    expect(databaseLocation({ DATABASE_URL: '' }, '/data')).toEqual(expected);
  });

  it('is PostgreSQL when DATABASE_URL names it', () => {
    const url = 'postgresql://virtdeck:secret@db.example/virtdeck';
    expect(databaseLocation({ DATABASE_URL: url }, '/data')).toEqual({ kind: 'postgresql', url });
  });

  it.each(['mysql://root:secret@db/virtdeck', 'secret', 'postgresql://['])(
    'is refused as %s, without repeating it',
    (url) => {
      const read = (): unknown => databaseLocation({ DATABASE_URL: url }, '/data');
      expect(read).toThrow(StartError);
      expect(read).not.toThrow(/secret/);
    },
  );
});
