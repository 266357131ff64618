import { pageOf, readPage } from '@/server/http/paging';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ url, params, services, authorise }) => {
    const { id = '' } = params;
    authorise('vm.read', { kind: 'vm', id });
    services.vms.get(id);
    const { limit, before } = readPage(url);
    // One more than asked for tells whether there is a next page.
    const items = await services.history.list(id, limit + 1, before);
    return Response.json(pageOf(items, limit));
  },
});
