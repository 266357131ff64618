import { route } from '@/server/http/route';
import { streamFleetFigures } from '@/server/streams/fleet-stream';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ request, services, authorise }) => {
    const who = authorise('vm.read', { kind: 'console' });
    return streamFleetFigures(services, { who, signal: request.signal });
  },
});
