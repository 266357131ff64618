import type { ReactNode } from 'react';
import { EventsProvider } from '@/components/api/events';
import { SessionGate } from '@/components/session/session-gate';

/** Windows of one thing, without the navigation. */
export default function WindowLayout({ children }: { readonly children: ReactNode }) {
  return (
    <SessionGate>
      <EventsProvider>{children}</EventsProvider>
    </SessionGate>
  );
}
