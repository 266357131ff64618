'use client';

import { Plus } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useText } from '../i18n/use-text';
import { buttonStyle } from '../ui/button-style';
import { LanguageMenu } from './language-menu';
import { NavDrawer } from './nav-drawer';
import { ThemeMenu } from './theme-menu';
import { UserMenu } from './user-menu';

const CREATE = '/machines/new';

export function TopBar() {
  const t = useText();
  const creating = usePathname() === CREATE;
  return (
    <header className="sticky top-0 z-30 flex h-14 items-center gap-2 border-line border-b bg-canvas/85 px-4 backdrop-blur-md sm:px-6">
      <NavDrawer />
      <div className="flex-1" />
      {!creating && (
        <Link href={CREATE} className={buttonStyle('primary', 'md', 'pointer-coarse:h-10')}>
          <Plus aria-hidden />
          {t('shell.createMachine')}
        </Link>
      )}
      <LanguageMenu />
      <ThemeMenu />
      <UserMenu />
    </header>
  );
}
