import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  DELETE: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    const { user } = authorise('account.change', { kind: 'token', id });
    const owner = await services.tokens.ownerOf(id);
    if (owner !== user.id) authorise('user.write', { kind: 'user', id: owner });
    await services.tokens.revoke(id);
    return new Response(null, { status: 204 });
  },
});
