'use client';

import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import { useEffect } from 'react';
import { Toaster } from 'sonner';
import { useText } from '../i18n/use-text';
import { buttonStyle } from '../ui/button-style';
import { noticeStage } from '../ui/toast';

/** Toasts in the colours of the tokens; sonner's own follow no theme of ours. */
export function Notifications() {
  const t = useText();
  // After the effects of what is inside, which then listens.
  useEffect(noticeStage.ready, []);
  return (
    <Toaster
      position="bottom-right"
      containerAriaLabel={t('shell.notices')}
      gap={10}
      icons={{
        success: <CircleCheck className="size-[1.125rem] text-running" />,
        info: <Info className="size-[1.125rem] text-busy" />,
        warning: <TriangleAlert className="size-[1.125rem] text-paused" />,
        error: <CircleAlert className="size-[1.125rem] text-crashed" />,
      }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-full items-start font-sans gap-3 rounded-lg border border-line bg-raised px-4 py-3 text-sm text-ink shadow-float sm:w-(--width)',
          icon: 'mt-px shrink-0',
          content: 'min-w-0 break-words',
          title: 'font-medium',
          description: 'mt-0.5 text-muted',
          actionButton: buttonStyle('secondary', 'sm', 'ml-auto'),
        },
      }}
    />
  );
}
