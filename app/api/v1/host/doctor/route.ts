import type { Doctor } from '@/server/api/doctor';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ services, authorise }) => {
    authorise('host.read', { kind: 'console' });
    const doctor: Doctor = { findings: [...(await services.agent.examine())] };
    return Response.json(doctor);
  },
});
