'use client';

import { QueryClientProvider } from '@tanstack/react-query';
import { ThemeProvider } from 'next-themes';
import { type ReactNode, useState, useSyncExternalStore } from 'react';
import { createQueryClient } from '../api/query-client';
import { onDemand } from '../ui/on-demand';
import { noticeStage } from '../ui/toast';

const Notifications = onDemand(() =>
  import('./notifications').then((module) => module.Notifications),
);

interface ProvidersProps {
  /** What an inline script has to carry to run. */
  readonly nonce: string | undefined;
  readonly children: ReactNode;
}

/** What every page needs: theme, query cache, tooltips, notifications. */
export function Providers({ nonce, children }: ProvidersProps) {
  const [client] = useState(createQueryClient);
  const hasNotices = useSyncExternalStore(noticeStage.subscribe, noticeStage.isWanted, () => false);
  return (
    <ThemeProvider
      attribute="data-theme"
      disableTransitionOnChange
      {...(nonce === undefined ? {} : { nonce })}
    >
      <QueryClientProvider client={client}>
        {children}
        {hasNotices && <Notifications />}
      </QueryClientProvider>
    </ThemeProvider>
  );
}
