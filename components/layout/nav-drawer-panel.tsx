'use client';

import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { RefObject } from 'react';
import { useText } from '../i18n/use-text';
import { buttonStyle } from '../ui/button-style';
import { Navigation } from './navigation';

interface NavDrawerPanelProps {
  readonly onClose: () => void;
  /** Gets the focus back. */
  readonly opener: RefObject<HTMLElement | null>;
}

export function NavDrawerPanel({ onClose, opener }: NavDrawerPanelProps) {
  const t = useText();
  return (
    <Dialog.Root
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim lg:hidden" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            opener.current?.focus();
          }}
          className="fixed inset-y-0 left-0 z-50 w-72 max-w-[85vw] animate-slide-in border-line border-r bg-surface shadow-float lg:hidden"
        >
          <Dialog.Title className="sr-only">{t('shell.navigation')}</Dialog.Title>
          <Navigation onNavigate={onClose} />
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
