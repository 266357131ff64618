import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from '../catalogue';
import { sentenceTranslator } from '../sentences';
import { zh } from './translation';

const CONTRACT = join(import.meta.dirname, '../../../server/api');
const HAN = /\p{Script=Han}/u;
/** Names, and what is written alike everywhere. */
const SAME = new Set([
  'common.product',
  'host.version',
  'tasks.byConsole',
  'reference.title',
  'vms.defaultName',
]);

const textsOf = (texts: object) =>
  Object.entries(texts).flatMap(([area, names]: [string, object]) =>
    Object.entries(names).map(([name, text]) => [`${area}.${name}`, String(text)] as const),
  );
const holesOf = (text: string) => (text.match(/\{\w*\}/g) ?? []).sort();

describe('the Chinese texts', () => {
  const english = new Map(textsOf(en));

  it.each(textsOf(zh.texts))('%s has the holes of the English one', (key, text) => {
    expect(holesOf(text)).toEqual(holesOf(english.get(key) ?? ''));
  });

  it('are Chinese', () => {
    const words = (text: string) =>
      text.replace(/\{\w+\}/g, '').replace(/vCPUs?|Linux|[\W\d]/g, '');
    const left = textsOf(zh.texts)
      .filter(([key, text]) => !SAME.has(key) && !HAN.test(text))
      .filter(([key]) => words(english.get(key) ?? '') !== '');
    expect(left).toEqual([]);
  });
});

describe('what the contract says of a value or an action', () => {
  const say = sentenceTranslator(zh.sentences);
  const said = readdirSync(CONTRACT)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => [
      ...readFileSync(join(CONTRACT, file), 'utf8').matchAll(/'([A-Z][^'\n]*\.)'/g),
    ])
    .map(([, sentence = '']) => sentence);

  it.each([...new Set(said)])('“%s” is told in Chinese', (sentence) => {
    expect(say(sentence)).toMatch(HAN);
  });
});
