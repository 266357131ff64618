import { describe, expect, it } from 'vitest';
import { t } from './reader';

describe('t', () => {
  it('gives a text', () => expect(t('vms.start')).toBe('Start'));
  it('fills holes, whatever is put into them', () => {
    expect(t('vms.stopTitle', { name: '$& {name}' })).toBe('Stop $& {name}?');
  });
});
