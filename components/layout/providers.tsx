'use client';

import { QueryClientProvider } from '@tanstack/react-query';
import { ThemeProvider } from 'next-themes';
import { type ReactNode, useState } from 'react';
import { createQueryClient } from '../api/query-client';
import { TooltipProvider } from '../ui/tooltip';
import { Notifications } from './notifications';

/** What every page needs: theme, query cache, tooltips, notifications. */
export function Providers({ children }: { readonly children: ReactNode }) {
  const [client] = useState(createQueryClient);
  return (
    <ThemeProvider attribute="data-theme" disableTransitionOnChange>
      <QueryClientProvider client={client}>
        <TooltipProvider delayDuration={300}>{children}</TooltipProvider>
        <Notifications />
      </QueryClientProvider>
    </ThemeProvider>
  );
}
