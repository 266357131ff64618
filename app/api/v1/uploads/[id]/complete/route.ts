import { acceptedTask } from '@/server/http/accepted-task';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    const { user } = authorise('image.create', { kind: 'upload', id });
    return acceptedTask(await services.uploads.complete(id, user));
  },
});
