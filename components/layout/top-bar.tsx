'use client';

import { Plus, Search } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useText } from '../i18n/use-text';
import { useForbidden } from '../session/use-forbidden';
import type { Opened } from '../shortcuts/global-shortcuts';
import { Keys } from '../shortcuts/keys-view';
import { Button } from '../ui/button';
import { buttonStyle } from '../ui/button-style';
import { LanguageMenu } from './language-menu';
import { NavDrawer } from './nav-drawer';
import { ThemeMenu } from './theme-menu';
import { UserMenu } from './user-menu';

const CREATE = '/machines/new';

interface TopBarProps {
  readonly onOpen: (opened: Opened) => void;
}

export function TopBar({ onOpen }: TopBarProps) {
  const t = useText();
  const forbidden = useForbidden();
  const creating = usePathname() === CREATE;
  return (
    <header className="sticky top-0 z-30 flex h-14 items-center gap-2 border-line border-b bg-canvas/85 px-4 backdrop-blur-md sm:px-6">
      <NavDrawer />
      <button
        type="button"
        aria-haspopup="dialog"
        onClick={() => onOpen('palette')}
        className="flex h-9 items-center gap-2.5 rounded-md border border-line bg-surface px-2.5 text-faint text-sm transition-colors hover:bg-hover hover:text-muted sm:w-64 pointer-coarse:h-11"
      >
        <Search aria-hidden className="size-4 shrink-0" />
        <span className="flex-1 text-left max-sm:sr-only">{t('palette.short')}</span>
        <Keys keys="mod+k" quiet className="max-sm:hidden" />
      </button>
      <div className="flex-1" />
      {!creating &&
        (forbidden === undefined ? (
          <Link href={CREATE} className={buttonStyle('primary')}>
            <Plus aria-hidden />
            <span className="max-sm:sr-only">{t('shell.createMachine')}</span>
          </Link>
        ) : (
          <Button variant="primary" disabledReason={forbidden}>
            <Plus aria-hidden />
            <span className="max-sm:sr-only">{t('shell.createMachine')}</span>
          </Button>
        ))}
      <LanguageMenu />
      <ThemeMenu />
      <UserMenu onHelp={() => onOpen('help')} />
    </header>
  );
}
