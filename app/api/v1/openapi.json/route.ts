import { operations } from '@/server/api/operations/operations';
import { route } from '@/server/http/route';
import { openApiDocument } from '@/server/openapi/openapi';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ services }) => Response.json(openApiDocument(operations, services.version)),
});
