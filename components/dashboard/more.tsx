'use client';

import Link from 'next/link';
import { useText } from '../i18n/use-text';

/** The way to the page that shows all of what a card shows a part of. */
export function More({ href }: { readonly href: string }) {
  const t = useText();
  return (
    <Link href={href} className="text-accent-text text-sm hover:underline">
      {t('dashboard.all')}
    </Link>
  );
}
