import { setPasswordSchema } from '@/server/api/users';
import { readJson } from '@/server/http/body';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  PUT: async ({ request, params, services, principal, authorise }) => {
    const { id = '' } = params;
    const isOwn = principal?.user.id === id;
    const by = authorise(isOwn ? 'account.change' : 'user.write', { kind: 'user', id });
    await services.users.setPassword(by, id, await readJson(request, setPasswordSchema));
    return new Response(null, { status: 204 });
  },
});
