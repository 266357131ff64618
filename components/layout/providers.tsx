'use client';

import { QueryClientProvider } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { ThemeProvider } from 'next-themes';
import { type ReactNode, useState } from 'react';
import { createQueryClient } from '../api/query-client';
import { TooltipProvider } from '../ui/tooltip';

// Nothing is said before the page stands.
const Notifications = dynamic(
  () => import('./notifications').then((module) => module.Notifications),
  {
    ssr: false,
  },
);

interface ProvidersProps {
  /** What an inline script has to carry to run. */
  readonly nonce: string | undefined;
  readonly children: ReactNode;
}

/** What every page needs: theme, query cache, tooltips, notifications. */
export function Providers({ nonce, children }: ProvidersProps) {
  const [client] = useState(createQueryClient);
  return (
    <ThemeProvider
      attribute="data-theme"
      disableTransitionOnChange
      {...(nonce === undefined ? {} : { nonce })}
    >
      <QueryClientProvider client={client}>
        <TooltipProvider delayDuration={300}>{children}</TooltipProvider>
        <Notifications />
      </QueryClientProvider>
    </ThemeProvider>
  );
}
