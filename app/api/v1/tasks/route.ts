import { taskQuerySchema } from '@/server/api/tasks';
import { readQuery } from '@/server/http/query';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ url, services, authorise }) => {
    authorise('task.read', { kind: 'console' });
    return Response.json(await services.tasks.list(readQuery(url, taskQuerySchema)));
  },
});
