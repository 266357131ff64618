import { auditFilterSchema } from '@/server/api/audit';
import { readQuery } from '@/server/http/query';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  /** All that match as JSON lines, oldest first, for as long as who asks is signed in. */
  GET: ({ url, services, authorise }) => {
    const who = authorise('audit.read', { kind: 'console' });
    const lines = services.audit.export(readQuery(url, auditFilterSchema));
    const encoder = new TextEncoder();
    let stopWatch: () => void = () => {};
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const isOver = () => controller.error(new Error('signed out'));
        stopWatch = services.revocations.watch(who, isOver);
      },
      pull: async (controller) => {
        const { done, value } = await lines.next();
        if (done !== true) return controller.enqueue(encoder.encode(value));
        stopWatch();
        controller.close();
      },
      cancel: async () => {
        stopWatch();
        await lines.return(undefined);
      },
    });
    return new Response(body, {
      headers: {
        'content-type': 'application/jsonl; charset=utf-8',
        'content-disposition': 'attachment; filename="audit.jsonl"',
      },
    });
  },
});
