import { API, request } from '@/components/api/client';
import type { Output } from '@/server/api/client';
import type { VmSample } from '@/server/api/metrics';
import type { MetricsSource } from './metrics-feed';

/** One machine's metrics, by the browser's own `fetch` and `EventSource`. */
export function vmMetricsSource(vmId: string): MetricsSource {
  const path = `/vms/${encodeURIComponent(vmId)}/metrics`;
  return {
    fetchHistory: async (signal) =>
      (await request<Output<'getVmMetrics'>>('GET', path, { signal })).samples,
    openStream: (events) => {
      const stream = new EventSource(`${API}${path}/stream`);
      stream.onopen = () => events.open();
      stream.onerror = () => {
        // It comes back by itself unless the server's answer was no stream at all.
        if (stream.readyState === EventSource.CLOSED) events.lost();
      };
      stream.addEventListener('sample', ({ data }: MessageEvent<string>) => {
        events.sample(JSON.parse(data) as VmSample);
      });
      return stream;
    },
  };
}
