import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RetriedWrites } from './retried-writes';

interface Row {
  readonly name: string;
}

const FULL = Object.assign(new Error('no space'), { code: 'SQLITE_FULL' });

let written: string[];
let failures: string[];
let failure: (row: Row) => Error | undefined;
let writes: RetriedWrites<Row>;

beforeEach(() => {
  vi.useFakeTimers();
  written = [];
  failures = [];
  failure = () => undefined;
  writes = new RetriedWrites<Row>(
    async (row) => {
      const error = failure(row);
      if (error !== undefined) throw error;
      written.push(row.name);
    },
    ({ name }) => failures.push(name),
  );
});

afterEach(() => {
  vi.useRealTimers();
});

const add = (name: string) => writes.add({ name });

describe('rows that shall not be lost', () => {
  it('are written at once, in order', async () => {
    void add('a');
    await add('b');
    expect(written).toEqual(['a', 'b']);
  });

  it('wait while the disk is full, and keep their order', async () => {
    failure = () => FULL;
    for (const name of ['a', 'b', 'c']) await add(name);
    expect(writes.waiting.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(failures).toEqual(['a', 'b', 'c']);
    failure = () => undefined;
    await vi.advanceTimersByTimeAsync(6000);
    expect(written).toEqual(['a', 'b', 'c']);
    expect(writes.waiting).toEqual([]);
  });

  it('do not wait for ever behind one that cannot be written', async () => {
    failure = ({ name }) => (name === 'bad' ? new Error('not text') : undefined);
    await add('bad');
    await add('good');
    await vi.advanceTimersByTimeAsync(6000);
    expect(written).toEqual(['good']);
  });

  it('are tried once more at the end', async () => {
    failure = () => FULL;
    await add('a');
    failure = () => undefined;
    await writes.close();
    expect(written).toEqual(['a']);
  });
});
