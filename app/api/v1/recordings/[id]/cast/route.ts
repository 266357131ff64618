import { Readable } from 'node:stream';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('recording.read', { kind: 'recording', id });
    const { recording, stream } = await services.recordings.cast(id);
    return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, {
      headers: {
        'content-type': 'application/x-asciicast',
        'content-length': String(recording.sizeBytes),
        'content-disposition': `attachment; filename="recording-${id}.cast"`,
      },
    });
  },
});
