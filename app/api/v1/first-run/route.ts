import { firstRunSchema, type Session } from '@/server/api/session';
import { readJson } from '@/server/http/body';
import { sessionCookie } from '@/server/http/cookies';
import { route } from '@/server/http/route';
import { refuseToken } from '@/server/users/authorise';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: async ({ request, services, principal, client, site, trail }) => {
    refuseToken(principal, 'set the console up');
    const body = await readJson(request, firstRunSchema);
    trail.does('first-run', { kind: 'console' });
    trail.by(body.name);
    const user = await services.firstRun.redeem(body);
    trail.by(user.name, user.id);
    const token = await services.sessions.open(user, client);
    const answer: Session = { user, firstRun: false };
    return Response.json(answer, {
      status: 201,
      headers: { 'set-cookie': sessionCookie(token, site) },
    });
  },
});
