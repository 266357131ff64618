import { route } from '@/server/http/route';
import { streamEvents } from '@/server/streams/event-stream';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ request, services, principal, authorise }) => {
    authorise('events.read', { kind: 'console' });
    return streamEvents(services, {
      grantId: principal?.grantId,
      lastEventId: request.headers.get('last-event-id'),
      signal: request.signal,
    });
  },
});
