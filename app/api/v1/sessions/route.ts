import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  /** One's own; an administrator may name another user. */
  GET: async ({ url, services, authorise }) => {
    const { user, grantId } = authorise('account.read', { kind: 'console' });
    const userId = url.searchParams.get('user') ?? user.id;
    if (userId !== user.id) authorise('user.read', { kind: 'user', id: userId });
    return Response.json({ items: await services.sessions.list(userId, grantId) });
  },

  /** All of one's own but the one that asks. */
  DELETE: async ({ services, authorise }) => {
    const { user, grantId } = authorise('account.change', { kind: 'console' });
    await services.sessions.revokeOthers(user.id, grantId);
    return new Response(null, { status: 204 });
  },
});
