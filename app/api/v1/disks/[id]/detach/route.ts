import { etagOf, expectedRevision } from '@/server/http/etag';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: async ({ request, params, services, authorise }) => {
    const { id = '' } = params;
    authorise('disk.change', { kind: 'disk', id });
    const disk = await services.disks.detach(id, expectedRevision(request));
    return Response.json(disk, { headers: { etag: etagOf(disk.revision) } });
  },
});
