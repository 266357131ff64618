'use client';

import { createContext, type ReactNode, useContext, useMemo } from 'react';
import type { Language } from './languages';
import { ENGLISH, type Reader, readerOf, setReader, type Translation } from './reader';

const ReaderContext = createContext<Reader>(ENGLISH);

interface LanguageProviderProps {
  readonly language: Language;
  /** Of any but English, which is in the code of the pages. */
  readonly translation: Translation | undefined;
  readonly children: ReactNode;
}

export function LanguageProvider({ language, translation, children }: LanguageProviderProps) {
  const reader = useMemo(() => readerOf(language, translation), [language, translation]);
  if (typeof window !== 'undefined') setReader(reader);
  return <ReaderContext value={reader}>{children}</ReaderContext>;
}

export function useReader(): Reader {
  return useContext(ReaderContext);
}
