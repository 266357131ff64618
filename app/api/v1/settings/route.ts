import { settingsSchema } from '@/server/api/settings';
import { readJson } from '@/server/http/body';
import { etagOf, expectedRevision } from '@/server/http/etag';
import { route } from '@/server/http/route';
import type { Services } from '@/server/registry';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ services, authorise }) => {
    authorise('setting.read', { kind: 'console' });
    return answer(services);
  },

  PUT: async ({ request, services, authorise }) => {
    authorise('setting.write', { kind: 'console' });
    const settings = await readJson(request, settingsSchema);
    await services.settings.replace(settings, expectedRevision(request));
    return answer(services);
  },
});

function answer({ settings }: Services): Response {
  const revision = settings.changes;
  const body = { settings: settings.get(), revision };
  return Response.json(body, { headers: { etag: etagOf(revision) } });
}
