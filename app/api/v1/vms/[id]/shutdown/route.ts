import { shutdownSchema } from '@/server/api/vms';
import { readOptionalJson } from '@/server/http/body';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: async ({ request, params, services, authorise }) => {
    const { id = '' } = params;
    authorise('vm.operate', { kind: 'vm', id });
    const { timeoutSeconds } = await readOptionalJson(request, shutdownSchema);
    return Response.json(await services.vms.shutdown(id, timeoutSeconds));
  },
});
