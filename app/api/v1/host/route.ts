import type { Host } from '@/server/api/host';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ services, authorise }) => {
    authorise('host.read', { kind: 'console' });
    const host: Host = { ...(await services.agent.facts()), version: services.version };
    return Response.json(host);
  },
});
