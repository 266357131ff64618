import { expect, it } from 'vitest';
import { runBulk } from './run-bulk';

it('does all, a few at a time, and tells which failed', async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  const failures = await runBulk(
    Array.from({ length: 40 }, (_, n) => n),
    async (n) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, n % 3));
      running -= 1;
      if (n % 10 === 7) throw new Error(`no ${n}`);
      done.push(n);
    },
  );
  expect(done).toHaveLength(36);
  expect(most).toBe(6);
  expect(failures.map(({ item, error }) => [item, String(error)])).toEqual(
    [7, 17, 27, 37].map((n) => [n, `Error: no ${n}`]),
  );
});
