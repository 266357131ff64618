import { pageOf, readPage } from '@/server/http/paging';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ url, services, authorise }) => {
    authorise('vm.read', { kind: 'console' });
    const { limit, before } = readPage(url);
    // One more than asked for tells whether there is a next page.
    return Response.json(pageOf(await services.history.listAny(limit + 1, before), limit));
  },
});
