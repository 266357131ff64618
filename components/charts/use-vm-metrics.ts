import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { VmSample } from '@/server/api/metrics';
import { MetricsFeed } from './metrics-feed';
import { vmMetricsSource } from './vm-metrics-source';

export interface VmMetricsNow {
  readonly samples: readonly VmSample[];
  /** Whether the past was fetched: an empty list is then the truth. */
  readonly loaded: boolean;
}

const NOTHING: readonly VmSample[] = [];

/** The last ten minutes of a machine, a second at a time; at rest while the page is not seen. */
export function useVmMetrics(vmId: string): VmMetricsNow {
  const feed = useMemo(() => new MetricsFeed(vmMetricsSource(vmId)), [vmId]);
  const subscribe = useMemo(() => (listener: () => void) => feed.subscribe(listener), [feed]);
  const samples = useSyncExternalStore(
    subscribe,
    () => feed.samples,
    () => NOTHING,
  );
  const loaded = useSyncExternalStore(
    subscribe,
    () => feed.loaded,
    () => false,
  );

  useEffect(() => {
    const follow = () => (document.hidden ? feed.pause() : feed.resume());
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      feed.pause();
    };
  }, [feed]);

  return { samples, loaded };
}
