import { route } from '@/server/http/route';
import { signInNeeded } from '@/server/problems/problems';
import { may } from '@/server/users/authorise';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: ({ params, services, session, authorise }) => {
    const { id = '' } = params;
    const vm = { kind: 'vm', id } as const;
    const user = authorise('vm.console.read', vm);
    if (session === null) throw signInNeeded();
    services.vms.get(id);
    const ticket = services.tickets.issue({
      sessionId: session.id,
      userId: user.id,
      vmId: id,
      write: may(user, 'vm.console.write', vm),
    });
    return Response.json(ticket, { status: 201 });
  },
});
