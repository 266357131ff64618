'use client';

import { clsx } from 'clsx';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useSession } from '../api/queries';
import { useText } from '../i18n/use-text';
import { LogoMark } from './logo';
import { NavCount } from './nav-count';
import { NAV_ITEMS } from './nav-items';

/** @param onNavigate the drawer closes by it */
export function Navigation({ onNavigate }: { readonly onNavigate?: () => void }) {
  const t = useText();
  const pathname = usePathname();
  const role = useSession().data?.user?.role;
  return (
    <nav aria-label={t('shell.navigation')} className="flex h-full flex-col gap-5 px-3 py-3.5">
      <Link
        href="/dashboard"
        {...(onNavigate ? { onClick: onNavigate } : {})}
        className="flex h-9 items-center gap-2.5 self-start rounded-md px-2 font-semibold text-lg tracking-tight"
      >
        <LogoMark className="size-7" />
        {t('common.product')}
      </Link>
      <ul className="flex flex-col gap-0.5">
        {NAV_ITEMS.filter(({ only }) => only === undefined || only === role).map(
          ({ href, label, icon: Icon }) => {
            const here = pathname === href || pathname.startsWith(`${href}/`);
            return (
              <li key={href}>
                <Link
                  href={href}
                  {...(onNavigate ? { onClick: onNavigate } : {})}
                  aria-current={here ? 'page' : undefined}
                  className={clsx(
                    'flex h-9 items-center gap-3 rounded-md px-2.5 font-medium text-sm transition-colors pointer-coarse:h-11',
                    here
                      ? 'bg-accent-soft text-accent-text'
                      : 'text-muted hover:bg-hover hover:text-ink',
                  )}
                >
                  <Icon aria-hidden className="size-[1.125rem]" />
                  <span className="flex-1">{t(label)}</span>
                  <NavCount href={href} />
                </Link>
              </li>
            );
          },
        )}
      </ul>
    </nav>
  );
}
