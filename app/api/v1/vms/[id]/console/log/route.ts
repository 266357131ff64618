import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ params, services, authorise }) => {
    const { id = '' } = params;
    authorise('vm.console.read', { kind: 'vm', id });
    services.vms.get(id);
    const log = await services.agent.consoleLog(id);
    return new Response(Buffer.from(log), {
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'content-disposition': `attachment; filename="console-${id}.log"`,
      },
    });
  },
});
