import { changeUserSchema } from '@/server/api/users';
import { readJson } from '@/server/http/body';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('user.read', { kind: 'user', id });
    return Response.json(await services.users.get(id));
  },

  PATCH: async ({ request, params, services, authorise }) => {
    const { id = '' } = params;
    authorise('user.write', { kind: 'user', id });
    const change = await readJson(request, changeUserSchema);
    return Response.json(await services.users.change(id, change));
  },

  DELETE: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('user.write', { kind: 'user', id });
    await services.users.delete(id);
    return new Response(null, { status: 204 });
  },
});
