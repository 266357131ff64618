'use client';

import { Languages } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useReader } from '../i18n/language-provider';
import { isLanguage, LANGUAGE_COOKIE, LANGUAGES } from '../i18n/languages';
import { Button } from '../ui/button';
import { Menu, MenuChoices } from '../ui/menu';

const YEAR_S = 366 * 24 * 3600;

export function LanguageMenu() {
  const { t, language } = useReader();
  const router = useRouter();
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" label={t('shell.language')}>
          <Languages aria-hidden />
        </Button>
      }
    >
      <MenuChoices
        label={t('shell.language')}
        value={language}
        onChange={(chosen) => {
          // biome-ignore lint/suspicious/noDocumentCookie: cookieStore is missing without https
          document.cookie = `${LANGUAGE_COOKIE}=${chosen}; path=/; max-age=${YEAR_S}; samesite=lax`;
          // The server draws the page anew with other words; what was typed stays.
          router.refresh();
        }}
        choices={Object.entries(LANGUAGES).flatMap(([value, label]) =>
          isLanguage(value) ? [{ value, label }] : [],
        )}
      />
    </Menu>
  );
}
