import { expect, it } from 'vitest';
import { freeDiskName } from './disk-name';

it('is the first that is free, whatever the case of others', () => {
  expect(freeDiskName('web', [])).toBe('web-disk-1');
  expect(freeDiskName('web', ['web-disk-1', 'WEB-disk-2', 'web-disk-4'])).toBe('web-disk-3');
});
