import { route } from '@/server/http/route';
import { streamMetrics } from '@/server/streams/metrics-stream';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ request, params, services, principal, authorise }) => {
    const { id = '' } = params;
    authorise('vm.read', { kind: 'vm', id });
    services.vms.get(id);
    return streamMetrics(services, id, { grantId: principal?.grantId, signal: request.signal });
  },
});
