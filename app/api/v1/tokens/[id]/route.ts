import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  DELETE: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    const { user } = authorise('account.change', { kind: 'token', id });
    const { userId: owner } = await services.tokens.get(id);
    if (owner !== user.id) authorise('user.write', { kind: 'user', id: owner });
    await services.tokens.revoke(id);
    return new Response(null, { status: 204 });
  },
});
