import { createUserSchema } from '@/server/api/users';
import { readJson } from '@/server/http/body';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ services, authorise }) => {
      authorise('user.read', { kind: 'console' });
      return Response.json({ items: await services.users.list() });
    },

    POST: async ({ request, services, authorise }) => {
      authorise('user.write', { kind: 'console' });
      const user = await services.users.create(await readJson(request, createUserSchema));
      return Response.json(user, {
        status: 201,
        headers: { location: `/api/v1/users/${user.id}` },
      });
    },
  },
  { creates: true },
);
