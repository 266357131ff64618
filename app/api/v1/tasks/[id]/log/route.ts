import { taskLogQuerySchema } from '@/server/api/tasks';
import { readQuery } from '@/server/http/query';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ url, params, services, authorise }) => {
    const { id = '' } = params;
    authorise('task.read', { kind: 'task', id });
    return Response.json(await services.tasks.readLog(id, readQuery(url, taskLogQuerySchema)));
  },
});
