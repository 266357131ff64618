import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('recording.write', { kind: 'recording', id });
    return Response.json(await services.recordings.stop(id));
  },
});
