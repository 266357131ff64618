'use client';

import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { type ReactNode, type RefObject, useRef } from 'react';
import { useText } from '../i18n/use-text';
import { leaving } from '../unsaved/leaving';
import { buttonStyle } from './button-style';
import { focusMain } from './focus-main';

const SIZES = {
  narrow: 'max-w-[30rem] sm:top-[18vh] sm:max-h-[76vh]',
  wide: 'max-w-[46rem] sm:top-[6vh] sm:max-h-[88vh]',
} as const;

interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly children?: ReactNode;
  /** Buttons; the last is the main one. */
  readonly footer?: ReactNode;
  /** Escape and a press beside it ask first while something typed would be lost. */
  readonly guarded?: boolean;
  /** `wide` for forms of several parts. */
  readonly size?: keyof typeof SIZES;
  /** Gets the focus afterwards when what had it before has gone, as the item of a menu has. */
  readonly returnFocus?: RefObject<HTMLElement | null> | undefined;
}

export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  guarded = false,
  size = 'narrow',
  returnFocus,
}: DialogProps) {
  const t = useText();
  const change = (opens: boolean) => {
    if (guarded && !opens) leaving.leave(() => onOpenChange(false));
    else onOpenChange(opens);
  };
  const before = useRef<Element | null>(null);
  const giveFocusBack = (event: Event) => {
    event.preventDefault();
    for (const element of [before.current, returnFocus?.current]) {
      if (!(element instanceof HTMLElement) || element === document.body) continue;
      if (!element.isConnected) continue;
      element.focus();
      return;
    }
    focusMain();
  };
  return (
    <Radix.Root open={open} onOpenChange={change}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />
        <Radix.Content
          onOpenAutoFocus={() => {
            before.current = document.activeElement;
          }}
          onCloseAutoFocus={giveFocusBack}
          // Radix warns of a missing description unless it is told that there is none.
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          className={clsx(
            'fixed inset-x-3 bottom-3 z-50 mx-auto flex max-h-[calc(100dvh-1.5rem)] animate-rise flex-col rounded-xl border border-line bg-raised shadow-float sm:bottom-auto',
            SIZES[size],
          )}
        >
          <div className="overflow-y-auto px-5 pt-5 pb-5">
            <Radix.Title className="pr-8 font-semibold text-lg">{title}</Radix.Title>
            {description !== undefined && (
              <Radix.Description className="mt-1.5 text-muted">{description}</Radix.Description>
            )}
            {children && <div className="mt-4">{children}</div>}
          </div>
          {footer && (
            <div className="flex flex-wrap justify-end gap-2 rounded-b-xl border-line border-t bg-sunken px-5 py-3.5">
              {footer}
            </div>
          )}
          <Radix.Close
            className={buttonStyle('ghost', 'iconSm', 'absolute top-4 right-4')}
            aria-label={t('common.close')}
          >
            <X aria-hidden />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
