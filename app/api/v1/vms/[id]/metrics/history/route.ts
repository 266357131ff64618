import { historyQuerySchema } from '@/server/api/metrics';
import { readQuery } from '@/server/http/query';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ url, params, services, authorise }) => {
    const { id = '' } = params;
    authorise('vm.read', { kind: 'vm', id });
    services.vms.get(id);
    const { range } = readQuery(url, historyQuerySchema);
    return Response.json(await services.metrics.read(id, range));
  },
});
