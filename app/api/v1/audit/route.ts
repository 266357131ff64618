import { auditFilterSchema } from '@/server/api/audit';
import { pageOf, readPage } from '@/server/http/paging';
import { readQuery } from '@/server/http/query';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ url, services, authorise }) => {
    authorise('audit.read', { kind: 'console' });
    const filter = readQuery(url, auditFilterSchema);
    const { limit, before } = readPage(url);
    // One more than asked for tells whether there is a next page.
    return Response.json(pageOf(await services.audit.list(filter, limit + 1, before), limit));
  },
});
