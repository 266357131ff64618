import { route } from '@/server/http/route';
import { may } from '@/server/users/authorise';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: ({ params, services, authorise }) => {
    const { id = '' } = params;
    const vm = { kind: 'vm', id } as const;
    const who = authorise('vm.console.read', vm);
    services.vms.get(id);
    const ticket = services.tickets.issue({
      who,
      vmId: id,
      write: may(who, 'vm.console.write', vm),
    });
    return Response.json(ticket, { status: 201 });
  },
});
