'use client';

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import type { VmFigures } from '@/server/api/metrics';
import { ALL, type FleetFeed, fleetFeed } from './fleet-feed';

const FleetContext = createContext<FleetFeed | undefined>(undefined);
const NOBODY: readonly string[] = [];
const NOTHING: readonly VmFigures[] = [];

/** Below it, rows can show what their machines do. The stream rests while the tab is hidden. */
export function Fleet({ children }: { readonly children: ReactNode }) {
  const [feed] = useState(fleetFeed);
  useEffect(() => {
    const follow = () => {
      if (document.visibilityState === 'visible') feed.resume();
      else feed.pause();
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      feed.pause();
    };
  }, [feed]);
  return <FleetContext value={feed}>{children}</FleetContext>;
}

/** The ids of the machines that use the most of their vCPUs, the busiest first. */
export function useBusiest(count: number): readonly string[] {
  const feed = useContext(FleetContext);
  const subscribe = useCallback(
    (listener: () => void) => feed?.subscribe(ALL, listener) ?? (() => {}),
    [feed],
  );
  const ids = useSyncExternalStore(
    subscribe,
    () => feed?.busiest ?? NOBODY,
    () => NOBODY,
  );
  return ids.slice(0, count);
}

/** The last minutes of a machine, oldest first. */
export function useVmFigures(id: string): readonly VmFigures[] {
  const feed = useContext(FleetContext);
  const subscribe = useCallback(
    (listener: () => void) => feed?.subscribe(id, listener) ?? (() => {}),
    [feed, id],
  );
  return useSyncExternalStore(
    subscribe,
    () => feed?.figures(id) ?? NOTHING,
    () => NOTHING,
  );
}
