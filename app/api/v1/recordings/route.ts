import { recordingQuerySchema } from '@/server/api/recordings';
import { readQuery } from '@/server/http/query';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ url, services, authorise }) => {
    authorise('recording.read', { kind: 'console' });
    return Response.json(await services.recordings.list(readQuery(url, recordingQuerySchema)));
  },
});
