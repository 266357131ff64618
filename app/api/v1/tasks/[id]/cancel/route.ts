import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    const { user } = authorise('task.cancel', { kind: 'task', id });
    // Accepted: it ends as soon as its work lets it, which is told by events.
    return Response.json(await services.tasks.cancel(id, user), { status: 202 });
  },
});
