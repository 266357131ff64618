import { auditFilterSchema } from '@/server/api/audit';
import { readQuery } from '@/server/http/query';
import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  /** All that match as JSON lines, oldest first. */
  GET: ({ url, services, authorise }) => {
    authorise('audit.read', { kind: 'console' });
    const lines = services.audit.export(readQuery(url, auditFilterSchema));
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const { done, value } = await lines.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      cancel: async () => {
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
