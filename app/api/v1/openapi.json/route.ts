import { operations } from '@/server/api/operations/operations';
import { route } from '@/server/http/route';
import { openApiDocument } from '@/server/openapi/openapi';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ services: { version, basePath } }) =>
    Response.json(openApiDocument(operations, version, basePath.path)),
});
