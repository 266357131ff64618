import { type Account, changeUserSchema } from '@/server/api/users';
import { readJson } from '@/server/http/body';
import { checkIfMatch, etagOfContent } from '@/server/http/etag';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('user.read', { kind: 'user', id });
    return answer(await services.users.get(id));
  },

  PATCH: async ({ request, params, services, authorise }) => {
    const { id = '' } = params;
    authorise('user.write', { kind: 'user', id });
    const change = await readJson(request, changeUserSchema);
    return answer(
      await services.users.change(id, change, (before) => checkIfMatch(request, tagOf(before))),
    );
  },

  DELETE: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('user.write', { kind: 'user', id });
    await services.users.delete(id);
    return new Response(null, { status: 204 });
  },
});

function tagOf({ role, disabledAt }: Account): string {
  return etagOfContent({ role, disabledAt });
}

function answer(account: Account): Response {
  return Response.json(account, { headers: { etag: tagOf(account) } });
}
