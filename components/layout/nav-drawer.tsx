'use client';

import { Menu as MenuIcon, X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { useText } from '../i18n/use-text';
import { buttonStyle } from '../ui/button-style';
import { Navigation } from './navigation';

/** The navigation on screens that have no room for it at the left. */
export function NavDrawer() {
  const t = useText();
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger
        className={buttonStyle('ghost', 'icon', '-ml-1.5 lg:hidden')}
        aria-label={t('shell.openNavigation')}
      >
        <MenuIcon aria-hidden />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim lg:hidden" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-50 w-72 max-w-[85vw] animate-slide-in border-line border-r bg-surface shadow-float lg:hidden"
        >
          <Dialog.Title className="sr-only">{t('shell.navigation')}</Dialog.Title>
          <Navigation onNavigate={() => setOpen(false)} />
          <Dialog.Close
            className={buttonStyle('ghost', 'iconSm', 'absolute top-4 right-3')}
            aria-label={t('common.close')}
          >
            <X aria-hidden />
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
