import { type Session, signInSchema } from '@/server/api/session';
import { readJson } from '@/server/http/body';
import { clearedSessionCookie, sessionCookie } from '@/server/http/cookies';
import { route } from '@/server/http/route';
import { refuseToken } from '@/server/users/authorise';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ services, principal }) => {
    const answer: Session = {
      user: principal?.user ?? null,
      firstRun: await services.firstRun.isOpen(),
    };
    return Response.json(answer);
  },

  POST: async ({ request, services, principal, client, site, trail }) => {
    refuseToken(principal, 'sign in');
    const body = await readJson(request, signInSchema);
    trail.does('session.open', { kind: 'console' });
    trail.by(body.name);
    const { user, passwordHash } = await services.signIn.check(body, client.address);
    trail.by(user.name, user.id);
    const token = await services.sessions.open(user, client, passwordHash);
    const answer: Session = { user, firstRun: false };
    return Response.json(answer, { headers: { 'set-cookie': sessionCookie(token, site) } });
  },

  DELETE: async ({ services, principal, site, trail }) => {
    if (principal?.via === 'session') {
      trail.does('session.close', { kind: 'console' });
      await services.sessions.revoke(principal.grantId);
    }
    return new Response(null, {
      status: 204,
      headers: { 'set-cookie': clearedSessionCookie(site) },
    });
  },
});
