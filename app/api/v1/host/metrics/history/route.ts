import { historyQuerySchema } from '@/server/api/metrics';
import { readQuery } from '@/server/http/query';
import { route } from '@/server/http/route';
import { HOST } from '@/server/metrics/subjects';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ url, services, authorise }) => {
    authorise('host.read', { kind: 'console' });
    const { range } = readQuery(url, historyQuerySchema);
    return Response.json(await services.metrics.read(HOST, range));
  },
});
