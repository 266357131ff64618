import type { ReactNode } from 'react';
import { ConsoleShell } from '@/components/layout/console-shell';
import { SessionGate } from '@/components/session/session-gate';

export default function ConsoleLayout({ children }: { readonly children: ReactNode }) {
  return (
    <SessionGate>
      <ConsoleShell>{children}</ConsoleShell>
    </SessionGate>
  );
}
