import { changeDiskSchema } from '@/server/api/disks';
import { readJson } from '@/server/http/body';
import { etagOf, expectedRevision } from '@/server/http/etag';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('disk.read', { kind: 'disk', id });
    const disk = await services.disks.get(id);
    return Response.json(disk, { headers: { etag: etagOf(disk.revision) } });
  },

  PATCH: async ({ request, params, services, authorise }) => {
    const { id = '' } = params;
    authorise('disk.change', { kind: 'disk', id });
    const change = await readJson(request, changeDiskSchema);
    const disk = await services.disks.change(id, change, expectedRevision(request));
    return Response.json(disk, { headers: { etag: etagOf(disk.revision) } });
  },

  DELETE: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('disk.delete', { kind: 'disk', id });
    await services.disks.delete(id);
    return new Response(null, { status: 204 });
  },
});
