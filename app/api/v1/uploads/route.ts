import { createUploadSchema } from '@/server/api/uploads';
import { readJson } from '@/server/http/body';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ services, authorise }) => {
      const { user } = authorise('image.create', { kind: 'console' });
      return Response.json({ items: await services.uploads.list(user), nextCursor: null });
    },

    POST: async ({ request, services, authorise }) => {
      const { user } = authorise('image.create', { kind: 'console' });
      const input = await readJson(request, createUploadSchema);
      const upload = await services.uploads.create(input, user);
      return Response.json(upload, {
        status: 201,
        headers: { location: `/api/v1/uploads/${upload.id}` },
      });
    },
  },
  { creates: true },
);
