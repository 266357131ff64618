import { answer, type Handlers, NOTHING } from './contract';
import type { World } from './world';

/** One's own sessions and tokens. */
export function accountHandlers(world: World) {
  return {
    listSessions: ({ query: { user = world.me().id } }) =>
      answer(200, { items: world.sessions.all.filter(({ userId }) => userId === user) }),

    endOtherSessions: () => {
      const { id: me } = world.me();
      for (const { id, userId, current } of world.sessions.all) {
        if (userId === me && !current) world.sessions.remove(id);
      }
      return NOTHING;
    },

    endSession: ({ id }) => {
      world.sessions.remove(id);
      return NOTHING;
    },

    listTokens: ({ query: { user = world.me().id } }) =>
      answer(200, {
        items: world.tokens.all.filter(({ userId }) => userId === user).reverse(),
      }),

    createToken: ({ body: { name, scopes, lifeSeconds } }) => {
      const secret = `vdt_${world.newId('secret')}`;
      const token = world.tokens.put({
        ...{ id: world.newId('token'), name, scopes },
        userId: world.me().id,
        prefix: secret.slice(0, 8),
        createdAt: world.now(),
        expiresAt: new Date(Date.now() + lifeSeconds * 1000).toISOString(),
        lastUsedAt: null,
      });
      return answer(201, { ...token, token: secret });
    },

    deleteToken: ({ id }) => {
      world.tokens.remove(id);
      return NOTHING;
    },
  } satisfies Partial<Handlers>;
}
