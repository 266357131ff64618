import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback } from 'react';

export type MachineTab = 'overview' | 'console';

/** The tab is in the address, so that it survives a reload and can be linked. */
export function useMachineTab() {
  const pathname = usePathname();
  const search = useSearchParams();
  const tab: MachineTab = search.get('tab') === 'console' ? 'console' : 'overview';
  const open = useCallback(
    (next: MachineTab) => {
      // Next follows the browser's history; its own router would ask the server for the page again.
      window.history.replaceState(
        null,
        '',
        next === 'console' ? `${pathname}?tab=console` : pathname,
      );
    },
    [pathname],
  );
  return [tab, open] as const;
}
