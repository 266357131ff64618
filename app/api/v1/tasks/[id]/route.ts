import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('task.read', { kind: 'task', id });
    return Response.json(await services.tasks.get(id));
  },
});
