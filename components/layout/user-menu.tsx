'use client';

import { Braces, Keyboard, LogOut } from 'lucide-react';
import type { Role } from '@/server/api/session';
import { BASE_PATH } from '../api/base-path';
import { useSignOut } from '../api/mutations';
import { useSession } from '../api/queries';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../ui/menu';
import { toastError } from '../ui/toast-error';
import { useGo } from '../unsaved/use-go';

const ROLES = {
  admin: 'session.roleAdmin',
  operator: 'session.roleOperator',
  viewer: 'session.roleViewer',
} as const satisfies Record<Role, string>;

interface UserMenuProps {
  /** Shows the shortcuts. */
  readonly onHelp: () => void;
}

export function UserMenu({ onHelp }: UserMenuProps) {
  const t = useText();
  const user = useSession().data?.user;
  const signOut = useSignOut();
  const go = useGo();
  if (!user) return null;
  return (
    <Menu
      trigger={
        <Button
          variant="ghost"
          size="icon"
          label={t('shell.userMenu', { name: user.name })}
          pending={signOut.isPending}
        >
          <span
            aria-hidden
            // Drawn and not written: two letters are no part of what the button is called.
            data-initials={user.name.slice(0, 2)}
            className="grid size-7 place-items-center rounded-full bg-accent-soft font-semibold text-accent-text text-xs uppercase before:content-[attr(data-initials)]"
          />
        </Button>
      }
    >
      <MenuLabel>{t('session.signedInAs')}</MenuLabel>
      <div className="px-2.5 pb-2">
        <p className="truncate font-medium">{user.name}</p>
        <p className="text-muted text-xs">{t(ROLES[user.role])}</p>
      </div>
      <MenuSeparator />
      <MenuItem icon={<Keyboard />} onSelect={onHelp}>
        {t('shortcuts.title')}
      </MenuItem>
      <MenuItem icon={<Braces />} onSelect={() => go('/reference')}>
        {t('reference.title')}
      </MenuItem>
      <MenuItem
        icon={<LogOut />}
        onSelect={() =>
          signOut.mutate(undefined, {
            // A whole new page: the next person at this browser finds nothing of this one.
            onSuccess: () => window.location.assign(`${BASE_PATH}/sign-in`),
            onError: (error) => toastError(t('session.signOutFailed'), error),
          })
        }
      >
        {t('session.signOut')}
      </MenuItem>
    </Menu>
  );
}
