import { route } from '@/server/http/route';
import { streamMetrics } from '@/server/streams/metrics-stream';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ request, params, services, authorise }) => {
    const { id = '' } = params;
    const who = authorise('vm.read', { kind: 'vm', id });
    services.vms.get(id);
    return streamMetrics(services, id, { who, signal: request.signal });
  },
});
