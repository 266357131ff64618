import { type Session, signInSchema } from '@/server/api/session';
import { readJson } from '@/server/http/body';
import { clearedSessionCookie, sessionCookie } from '@/server/http/cookies';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ services, session }) => {
    const answer: Session = {
      user: session?.user ?? null,
      firstRun: await services.firstRun.isOpen(),
    };
    return Response.json(answer);
  },

  POST: async ({ request, services, address, secure }) => {
    const user = await services.signIn.check(await readJson(request, signInSchema), address);
    const token = await services.sessions.open(user);
    const answer: Session = { user, firstRun: false };
    return Response.json(answer, { headers: { 'set-cookie': sessionCookie(token, secure) } });
  },

  DELETE: async ({ services, session, secure }) => {
    if (session !== null) await services.sessions.revoke(session.id);
    return new Response(null, {
      status: 204,
      headers: { 'set-cookie': clearedSessionCookie(secure) },
    });
  },
});
