import type { Metadata } from 'next';
import { cookies, headers } from 'next/headers';
import type { PlainKey } from './catalogue';
import { chooseLanguage, LANGUAGE_COOKIE, type Language } from './languages';
import { readerOf, type Translation } from './reader';
import type { Translate } from './translate';
import { zh } from './zh/translation';

const TRANSLATIONS: Readonly<Record<Language, Translation | undefined>> = { en: undefined, zh };

/** Of who asked for the page that is being drawn. */
export async function requestLanguage(): Promise<Language> {
  const chosen = (await cookies()).get(LANGUAGE_COOKIE)?.value;
  return chooseLanguage(chosen, (await headers()).get('accept-language'));
}

export function translationOf(language: Language): Translation | undefined {
  return TRANSLATIONS[language];
}

export async function requestText(): Promise<Translate> {
  const language = await requestLanguage();
  return readerOf(language, translationOf(language)).t;
}

/** A page's `generateMetadata` that has a title and nothing else. */
export function titled(key: PlainKey): () => Promise<Metadata> {
  return async () => ({ title: (await requestText())(key) });
}
