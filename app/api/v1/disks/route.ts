import { createDiskSchema, diskQuerySchema } from '@/server/api/disks';
import { acceptedTask } from '@/server/http/accepted-task';
import { readJson } from '@/server/http/body';
import { etagOf } from '@/server/http/etag';
import { readQuery } from '@/server/http/query';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ url, services, authorise }) => {
      authorise('disk.read', { kind: 'console' });
      const { vmId } = readQuery(url, diskQuerySchema);
      return Response.json({ items: await services.disks.list(vmId), nextCursor: null });
    },

    POST: async ({ request, services, authorise }) => {
      const { user } = authorise('disk.create', { kind: 'console' });
      const input = await readJson(request, createDiskSchema);
      const { disk, task } = await services.disks.create(input, user);
      if (task !== null) return acceptedTask(task);
      return Response.json(disk, {
        status: 201,
        headers: { location: `/api/v1/disks/${disk.id}`, etag: etagOf(disk.revision) },
      });
    },
  },
  { creates: true },
);
