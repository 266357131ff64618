import { createVmSchema } from '@/server/api/vms';
import { readJson } from '@/server/http/body';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: ({ services, authorise }) => {
      authorise('vm.read', { kind: 'console' });
      return Response.json({ items: services.vms.list() });
    },

    POST: async ({ request, services, authorise }) => {
      authorise('vm.create', { kind: 'console' });
      const vm = await services.vms.create(await readJson(request, createVmSchema));
      return Response.json(vm, { status: 201, headers: { location: `/api/v1/vms/${vm.id}` } });
    },
  },
  { creates: true },
);
