import { importImageSchema } from '@/server/api/images';
import { acceptedTask } from '@/server/http/accepted-task';
import { readJson } from '@/server/http/body';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ services, authorise }) => {
      authorise('image.read', { kind: 'console' });
      const items = [services.images.get(), ...(await services.library.list())];
      return Response.json({ items, nextCursor: null });
    },

    POST: async ({ request, services, authorise }) => {
      const { user } = authorise('image.create', { kind: 'console' });
      const input = await readJson(request, importImageSchema);
      return acceptedTask(await services.imports.begin(input, user));
    },
  },
  { creates: true },
);
