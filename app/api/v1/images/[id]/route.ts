import { changeImageSchema, type StoredImage } from '@/server/api/images';
import { readJson } from '@/server/http/body';
import { checkIfMatch, etagOfContent } from '@/server/http/etag';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('image.read', { kind: 'image', id });
    const { images, library } = services;
    return id === 'default' ? Response.json(images.get()) : answer(await library.get(id));
  },

  PATCH: async ({ request, params, services, authorise }) => {
    const { id = '' } = params;
    authorise('image.change', { kind: 'image', id });
    const change = await readJson(request, changeImageSchema);
    return answer(
      await services.library.change(id, change, (before) => checkIfMatch(request, tagOf(before))),
    );
  },

  DELETE: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('image.delete', { kind: 'image', id });
    await services.library.delete(id);
    return new Response(null, { status: 204 });
  },
});

function tagOf({ name, notes }: StoredImage): string {
  return etagOfContent({ name, notes });
}

function answer(image: StoredImage): Response {
  return Response.json(image, { headers: { etag: tagOf(image) } });
}
