import { type Upload, uploadChunkQuerySchema } from '@/server/api/uploads';
import { readQuery } from '@/server/http/query';
import { route } from '@/server/http/route';
import { notBytes, OFFSET_HEADER } from '@/server/uploads/upload-problems';

/** Also what HEAD is answered with, which Next makes of GET. */
function answer(upload: Upload): Response {
  const { receivedBytes, sizeBytes } = upload;
  const headers = { [OFFSET_HEADER]: String(receivedBytes), 'upload-length': String(sizeBytes) };
  return Response.json(upload, { headers });
}

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    const { user } = authorise('image.create', { kind: 'upload', id });
    return answer(await services.uploads.get(id, user));
  },

  PUT: async ({ request, url, params, services, authorise, trail }) => {
    trail.isStep();
    const { id = '' } = params;
    const { user } = authorise('image.create', { kind: 'upload', id });
    const { offset } = readQuery(url, uploadChunkQuerySchema);
    const type = request.headers.get('content-type');
    if (type !== 'application/octet-stream') throw notBytes(type);
    return answer(await services.uploads.write(id, offset, request.body, user));
  },

  DELETE: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    const { user } = authorise('image.create', { kind: 'upload', id });
    await services.uploads.abort(id, user);
    return new Response(null, { status: 204 });
  },
});
