import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  DELETE: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    const { user } = authorise('account.change', { kind: 'session', id });
    const owner = await services.sessions.ownerOf(id);
    if (owner !== user.id) authorise('user.write', { kind: 'user', id: owner });
    await services.sessions.revoke(id);
    return new Response(null, { status: 204 });
  },
});
