import { changeVmSchema } from '@/server/api/vms';
import { readJson } from '@/server/http/body';
import { etagOf, expectedRevision } from '@/server/http/etag';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('vm.read', { kind: 'vm', id });
    const vm = services.vms.get(id);
    return Response.json(vm, { headers: { etag: etagOf(vm.revision) } });
  },

  PATCH: async ({ request, params, services, authorise }) => {
    const { id = '' } = params;
    authorise('vm.change', { kind: 'vm', id });
    const change = await readJson(request, changeVmSchema);
    const vm = await services.vms.change(id, change, expectedRevision(request));
    return Response.json(vm, { headers: { etag: etagOf(vm.revision) } });
  },

  DELETE: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('vm.delete', { kind: 'vm', id });
    await services.vms.delete(id);
    return new Response(null, { status: 204 });
  },
});
