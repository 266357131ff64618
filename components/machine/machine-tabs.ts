import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback } from 'react';

/** The first is the one without a word in the address. */
export const MACHINE_TABS = [
  'overview',
  'console',
  'hardware',
  'metrics',
  'events',
  'log',
  'api',
] as const;
export type MachineTab = (typeof MACHINE_TABS)[number];

/** The tab is in the address, so that it survives a reload and can be linked. */
export function useMachineTab() {
  const pathname = usePathname();
  const asked = useSearchParams().get('tab');
  const tab = MACHINE_TABS.find((candidate) => candidate === asked) ?? 'overview';
  const open = useCallback(
    (next: MachineTab) => {
      // Next follows the browser's history; its own router would ask the server for the page again.
      const address = next === 'overview' ? pathname : `${pathname}?tab=${next}`;
      window.history.replaceState(null, '', address);
    },
    [pathname],
  );
  return [tab, open] as const;
}
