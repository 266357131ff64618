import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('vm.operate', { kind: 'vm', id });
    return Response.json(await services.vms.resume(id));
  },
});
