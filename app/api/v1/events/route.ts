import { route } from '@/server/http/route';
import { streamEvents } from '@/server/streams/event-stream';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ request, services, session, authorise }) => {
    authorise('events.read', { kind: 'console' });
    return streamEvents(services, {
      sessionId: session?.id,
      lastEventId: request.headers.get('last-event-id'),
      signal: request.signal,
    });
  },
});
