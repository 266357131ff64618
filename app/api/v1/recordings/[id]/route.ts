import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('recording.read', { kind: 'recording', id });
    return Response.json(await services.recordings.get(id));
  },

  DELETE: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('recording.write', { kind: 'recording', id });
    await services.recordings.delete(id);
    return new Response(null, { status: 204 });
  },
});
