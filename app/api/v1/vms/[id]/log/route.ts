import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('vm.read', { kind: 'vm', id });
    services.vms.get(id);
    const log = await services.agent.monitorLog(id);
    return new Response(log, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
  },
});
