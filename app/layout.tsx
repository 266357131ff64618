import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { LanguageProvider } from '@/components/i18n/language-provider';
import { requestLanguage, translationOf } from '@/components/i18n/request-language';
import { Providers } from '@/components/layout/providers';
import { NONCE_HEADER } from '@/server/http/headers';
import './globals.css';

const PRODUCT = 'virtdeck';

export const metadata: Metadata = {
  title: { default: PRODUCT, template: `%s · ${PRODUCT}` },
  robots: { index: false },
};

export const viewport: Viewport = {
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f7f8fa' },
    { media: '(prefers-color-scheme: dark)', color: '#0c0f15' },
  ],
};

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  // Reading it makes every page one that is rendered anew, and so can have a nonce of its own.
  const nonce = (await headers()).get(NONCE_HEADER) ?? undefined;
  const language = await requestLanguage();
  return (
    // The theme's attribute is set by a script before React sees the page.
    <html
      lang={language}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      suppressHydrationWarning
    >
      <body>
        <LanguageProvider language={language} translation={translationOf(language)}>
          <Providers nonce={nonce}>{children}</Providers>
        </LanguageProvider>
      </body>
    </html>
  );
}
