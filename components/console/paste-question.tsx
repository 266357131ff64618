'use client';

import { useText } from '../i18n/use-text';
import { ConfirmDialog } from '../ui/confirm-dialog';

interface PasteQuestionProps {
  readonly text: string;
  readonly onCancel: () => void;
  readonly onPaste: () => void;
}

/** Asked before several lines go to a guest that would run each as it comes. */
export function PasteQuestion({ text, onCancel, onPaste }: PasteQuestionProps) {
  const t = useText();
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) onCancel();
      }}
      title={t('playback.pasteTitle', { count: text.trimEnd().split(/\r\n?|\n/).length })}
      body={t('playback.pasteBody')}
      confirmLabel={t('playback.pasteConfirm')}
      danger={false}
      onConfirm={onPaste}
    >
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to get there
        tabIndex={0}
        className="max-h-52 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs"
      >
        {text}
      </pre>
    </ConfirmDialog>
  );
}
