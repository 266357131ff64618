'use client';

import { useSyncExternalStore } from 'react';
import { useText } from '../i18n/use-text';
import { onDemand } from '../ui/on-demand';
import { leaving } from './leaving';

const ConfirmDialog = onDemand(() =>
  import('../ui/confirm-dialog').then((module) => module.ConfirmDialog),
);

/** Asked before something typed is lost. */
export function LeaveQuestion() {
  const t = useText();
  const asked = useSyncExternalStore(leaving.subscribe, leaving.asked, () => false);
  if (!asked) return null;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) leaving.answer(false);
      }}
      title={t('common.unsavedTitle')}
      body={t('common.unsavedBody')}
      confirmLabel={t('common.unsavedLeave')}
      onConfirm={() => leaving.answer(true)}
    />
  );
}
