import { API, request } from '@/components/api/client';
import type { MetricsSource } from './metrics-feed';

/** A page is drawn before the library that checks answers is there. */
const shapes = () => import('@/server/api/metrics');

/** One machine's metrics, by the browser's own `fetch` and `EventSource`. */
export function vmMetricsSource(vmId: string): MetricsSource {
  const path = `/vms/${encodeURIComponent(vmId)}/metrics`;
  return {
    fetchHistory: async (signal) =>
      (await request('GET', path, { schema: async () => (await shapes()).vmMetricsSchema, signal }))
        .samples,
    openStream: (events) => {
      const stream = new EventSource(`${API}${path}/stream`);
      stream.onopen = () => events.open();
      stream.onerror = () => {
        // It comes back by itself unless the server's answer was no stream at all.
        if (stream.readyState === EventSource.CLOSED) events.lost();
      };
      stream.addEventListener('sample', async ({ data }: MessageEvent<string>) => {
        const { vmSampleSchema } = await shapes();
        const sample = vmSampleSchema.safeParse(JSON.parse(data));
        // What comes late, after the stream was closed, is kept like all: it is true.
        if (sample.success) events.sample(sample.data);
      });
      return stream;
    },
  };
}
