'use client';

import type { ReactNode, RefObject } from 'react';
import { useText } from '../i18n/use-text';
import { Button } from './button';
import { Dialog } from './dialog';

interface ConfirmDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** What happens, and what is lost. */
  readonly body: ReactNode;
  /** Says the deed; never "OK". */
  readonly confirmLabel: string;
  readonly danger?: boolean;
  readonly pending?: boolean;
  /** What has to be done before it can be confirmed. */
  readonly notYet?: string | undefined;
  readonly onConfirm: () => void;
  /** More than a sentence of what happens. */
  readonly children?: ReactNode;
  readonly returnFocus?: RefObject<HTMLElement | null> | undefined;
}

export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  body,
  confirmLabel,
  danger = true,
  pending = false,
  notYet,
  onConfirm,
  returnFocus,
  children,
}: ConfirmDialogProps) {
  const t = useText();
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={title}
      description={body}
      returnFocus={returnFocus}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{t('common.cancel')}</Button>
          <Button
            variant={danger ? 'danger' : 'primary'}
            pending={pending}
            disabledReason={notYet}
            onClick={onConfirm}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
