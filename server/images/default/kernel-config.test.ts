import { expect, it } from 'vitest';
import { unmetLines } from './kernel-config';

const CONFIG = 'CONFIG_A=y\nCONFIG_N=64\n# CONFIG_OFF is not set\n';

it('accepts what is so', () => {
  const fragment = '# a comment\nCONFIG_A=y\nCONFIG_N=64\nCONFIG_OFF=n\n# CONFIG_GONE is not set\n';
  expect(unmetLines(fragment, CONFIG)).toEqual([]);
});

it('names what is not, and what it is', () => {
  expect(unmetLines('CONFIG_A=n\nCONFIG_N=32\nCONFIG_GONE=y\n', CONFIG)).toEqual([
    'CONFIG_A=n (is y)',
    'CONFIG_N=32 (is 64)',
    'CONFIG_GONE=y (is n)',
  ]);
});
