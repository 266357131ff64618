import type { VmMetrics } from '@/server/api/metrics';
import { route } from '@/server/http/route';

const STEP_SECONDS = 1;

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('vm.read', { kind: 'vm', id });
    services.vms.get(id);
    const metrics: VmMetrics = {
      stepSeconds: STEP_SECONDS,
      samples: [...services.agent.samples(id)],
    };
    return Response.json(metrics);
  },
});
