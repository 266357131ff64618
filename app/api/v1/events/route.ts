import { route } from '@/server/http/route';
import { streamEvents } from '@/server/streams/event-stream';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ request, services, authorise }) => {
    const who = authorise('events.read', { kind: 'console' });
    return streamEvents(services, {
      who,
      lastEventId: request.headers.get('last-event-id'),
      signal: request.signal,
    });
  },
});
