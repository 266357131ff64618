import { en } from './catalogue';
import type { Language } from './languages';
import { type Sentences, sentenceTranslator } from './sentences';
import { type Texts, type Translate, translator } from './translate';

/** How the reader of the pages reads. */
export interface Reader {
  readonly language: Language;
  readonly t: Translate;
  /** A sentence of the server. */
  readonly say: (sentence: string) => string;
}

/** What a language that is not in the pages' own code brings with it. */
export interface Translation {
  readonly texts: Texts;
  readonly sentences: Sentences;
}

export const ENGLISH: Reader = {
  language: 'en',
  t: translator(en),
  say: (sentence) => sentence,
};

export function readerOf(language: Language, translation: Translation | undefined): Reader {
  if (translation === undefined) return ENGLISH;
  return {
    language,
    t: translator(translation.texts),
    say: sentenceTranslator(translation.sentences),
  };
}

let present = ENGLISH;

/** In a browser there is one reader; a server has many at a time, and asks the context instead. */
export function setReader(reader: Reader): void {
  present = reader;
}

export function readerLanguage(): Language {
  return present.language;
}

/** `t` for code that is no component; components take it from `useText`, and are drawn anew by it. */
export const t: Translate = (key, ...values) => present.t(key, ...values);

/** As `t`, for what the server says. */
export function say(sentence: string): string {
  return present.say(sentence);
}
