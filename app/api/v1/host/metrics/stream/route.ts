import { route } from '@/server/http/route';
import { streamHostMetrics } from '@/server/streams/metrics-stream';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ request, services, authorise }) => {
    const who = authorise('host.read', { kind: 'console' });
    return streamHostMetrics(services, { who, signal: request.signal });
  },
});
