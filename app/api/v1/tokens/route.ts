import { createTokenSchema } from '@/server/api/tokens';
import { readJson } from '@/server/http/body';
import { route } from '@/server/http/route';
import { checkScopes } from '@/server/users/authorise';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  /** One's own; an administrator may name another user. */
  GET: async ({ url, services, authorise }) => {
    const { user } = authorise('account.read', { kind: 'console' });
    const userId = url.searchParams.get('user') ?? user.id;
    if (userId !== user.id) authorise('user.read', { kind: 'user', id: userId });
    return Response.json({ items: await services.tokens.list(userId) });
  },

  POST: async ({ request, services, authorise }) => {
    const who = authorise('account.change', { kind: 'console' });
    const input = await readJson(request, createTokenSchema);
    checkScopes(who, input.scopes);
    const token = await services.tokens.create(who.user.id, input);
    const headers = { location: `/api/v1/tokens/${token.id}` };
    return Response.json(token, { status: 201, headers });
  },
});
