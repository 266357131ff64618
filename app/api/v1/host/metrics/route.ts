import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ services, authorise }) => {
    authorise('host.read', { kind: 'console' });
    return Response.json({ stepSeconds: 1, samples: services.agent.hostSamples() });
  },
});
