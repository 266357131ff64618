import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('vm.read', { kind: 'vm', id });
    return Response.json(services.vms.get(id));
  },

  DELETE: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('vm.delete', { kind: 'vm', id });
    await services.vms.delete(id);
    return new Response(null, { status: 204 });
  },
});
