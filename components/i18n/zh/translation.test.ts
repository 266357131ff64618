import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from '../catalogue';
import { sentenceTranslator } from '../sentences';
import { zh } from './translation';

const CONTRACT = join(import.meta.dirname, '../../../server/api');
const SERVER = join(import.meta.dirname, '../../../server');
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

const say = sentenceTranslator(zh.sentences);

describe('what the contract says of a value or an action', () => {
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

describe('the cause and the next step of a problem', () => {
  const FOR_OTHERS = /^(cli|backup|host\/doctor)\/|testing\/|\.test\.ts$/;
  const QUOTED =
    /\b(?:detail|hint|message):\s+(?:'((?:[^'\\]|\\.)+)'|"([^"]+)"|`([^`\\]+)`)(?!\s*\+)/g;
  const said = readdirSync(SERVER, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !FOR_OTHERS.test(file))
    .flatMap((file) => [...readFileSync(join(SERVER, file), 'utf8').matchAll(QUOTED)])
    .map(([, single, double, template]) => single ?? double ?? template ?? '')
    // Conditions in a template hold sentences of their own.
    .filter((sentence) => !/\$\{[^}]*\?[^}]* : /.test(sentence))
    .map((sentence) => sentence.replaceAll(/\$\{[^}]*\}/g, '1'));

  it.each([...new Set(said)])('“%s” is told in Chinese', (sentence) => {
    expect(say(sentence)).toMatch(HAN);
  });
});
