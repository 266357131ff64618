import { route } from '@/server/http/route';
import { streamHostMetrics } from '@/server/streams/metrics-stream';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ request, services, authorise }) => {
    const { grantId } = authorise('host.read', { kind: 'console' });
    return streamHostMetrics(services, { grantId, signal: request.signal });
  },
});
