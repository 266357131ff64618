import { expect, it } from 'vitest';
import { nextName } from './next-name';

it('takes the first name that is free', () => {
  expect(nextName([])).toBe('linux-1');
  expect(nextName(['linux-1', 'Linux-2', 'linux-4'])).toBe('linux-3');
});
