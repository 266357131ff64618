import { createRecordingSchema } from '@/server/api/recordings';
import { readOptionalJson } from '@/server/http/body';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ request, params, services, authorise }) => {
      const { id = '' } = params;
      const { user } = authorise('recording.write', { kind: 'vm', id });
      const input = await readOptionalJson(request, createRecordingSchema);
      const recording = await services.recordings.start(id, input, user);
      const location = `/api/v1/recordings/${recording.id}`;
      return Response.json(recording, { status: 201, headers: { location } });
    },
  },
  { creates: true },
);
