import { changeImageSchema } from '@/server/api/images';
import { readJson } from '@/server/http/body';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('image.read', { kind: 'image', id });
    const { images, library } = services;
    return Response.json(id === 'default' ? images.get() : await library.get(id));
  },

  PATCH: async ({ request, params, services, authorise }) => {
    const { id = '' } = params;
    authorise('image.change', { kind: 'image', id });
    const change = await readJson(request, changeImageSchema);
    return Response.json(await services.library.change(id, change));
  },

  DELETE: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('image.delete', { kind: 'image', id });
    await services.library.delete(id);
    return new Response(null, { status: 204 });
  },
});
