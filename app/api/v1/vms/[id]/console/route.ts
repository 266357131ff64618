import { route } from '@/server/http/route';
import { ProblemError } from '@/server/problems/problem-error';

/** The console is a WebSocket, which the server's upgrade handler serves; this is for the lost. */
export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ params, authorise }) => {
    authorise('vm.console.read', { kind: 'vm', id: params['id'] ?? '' });
    throw new ProblemError({
      status: 426,
      code: 'websocket-needed',
      title: 'WebSocket needed',
      detail: 'The console is served over a WebSocket.',
      hint: 'Connect with a WebSocket client, or read …/console/log.',
      headers: { upgrade: 'websocket' },
    });
  },
});
