'use client';

import Link from 'next/link';
import type { PlainKey } from '../i18n/catalogue';
import { useText } from '../i18n/use-text';

interface MoreProps {
  readonly href: string;
  readonly words?: PlainKey;
}

/** The way to the page that shows all of what a card shows a part of. */
export function More({ href, words = 'dashboard.all' }: MoreProps) {
  const t = useText();
  return (
    <Link href={href} className="text-accent-text text-sm hover:underline">
      {t(words)}
    </Link>
  );
}
