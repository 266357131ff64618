import { createTokenSchema } from '@/server/api/tokens';
import { readJson } from '@/server/http/body';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  /** One's own; an administrator may name another user. */
  GET: async ({ url, services, authorise }) => {
    const { user } = authorise('account.read', { kind: 'console' });
    const userId = url.searchParams.get('user') ?? user.id;
    if (userId !== user.id) authorise('user.read', { kind: 'user', id: userId });
    return Response.json({ items: await services.tokens.list(userId) });
  },

  POST: async ({ request, services, authorise }) => {
    const { user } = authorise('account.change', { kind: 'console' });
    const token = await services.tokens.create(user.id, await readJson(request, createTokenSchema));
    const headers = { location: `/api/v1/tokens/${token.id}` };
    return Response.json(token, { status: 201, headers });
  },
});
