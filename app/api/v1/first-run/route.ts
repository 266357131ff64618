import { firstRunSchema, type Session } from '@/server/api/session';
import { readJson } from '@/server/http/body';
import { sessionCookie } from '@/server/http/cookies';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: async ({ request, services, secure }) => {
    const user = await services.firstRun.redeem(await readJson(request, firstRunSchema));
    const token = await services.sessions.open(user);
    const answer: Session = { user, firstRun: false };
    return Response.json(answer, {
      status: 201,
      headers: { 'set-cookie': sessionCookie(token, secure) },
    });
  },
});
