import { describe, expect, it } from 'vitest';
import { chooseLanguage } from './languages';

describe('the language of a page', () => {
  it('is the one that was chosen', () => expect(chooseLanguage('zh', 'en')).toBe('zh'));
  it.each([
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['en-GB,en;q=0.9,zh;q=0.5', 'en'],
    ['de, zh;q=0.3, en;q=0.2', 'zh'],
    ['de', 'en'],
    ['zh;q=0', 'en'],
    [',;q=x', 'en'],
    [null, 'en'],
  ])('else follows the browser: %s', (header, language) => {
    expect(chooseLanguage(undefined, header)).toBe(language);
    expect(chooseLanguage('constructor', header)).toBe(language);
  });
});
