import type { AuditEntry, AuditFilter } from '@/server/api/audit';
import { eventSchema } from '@/server/api/events';
import { answer, type Handlers } from './contract';
import { checkRevision, pageOf } from './shelf';
import type { World } from './world';

/** The host, the settings, the audit log, and what tells of all of them. */
export function consoleHandlers(world: World) {
  const audited = (filter: AuditFilter) =>
    world.audit.filter((entry) => isWanted(entry, filter)).reverse();

  return {
    getHost: () => answer(200, world.host),
    examineHost: () => answer(200, { findings: world.findings }),
    getApiDescription: () => answer(200, { openapi: '3.1.0' }),

    getSettings: () => answer(200, world.settings),
    replaceSettings: ({ body: settings, expected }) => {
      checkRevision(world.settings, expected);
      world.settings = { settings, revision: world.settings.revision + 1 };
      return answer(200, world.settings);
    },

    listAudit: ({ query: { limit, cursor, ...filter } }) =>
      answer(200, pageOf(audited(filter), { limit, cursor })),
    exportAudit: ({ query }) => {
      const lines = audited(query)
        .reverse()
        .map((entry) => `${JSON.stringify(entry)}\n`);
      return answer(200, lines.join(''));
    },

    followEvents: (_call, stream) =>
      world.onEvent((event) => stream.send(event.type, eventSchema.parse(event))),
  } satisfies Partial<Handlers>;
}

function isWanted(entry: AuditEntry, filter: AuditFilter): boolean {
  const { user, action, resource, outcome, from, to } = filter;
  return (
    (user === undefined || [entry.userId, entry.userName].includes(user)) &&
    (action === undefined || entry.action === action) &&
    (resource === undefined || [entry.resourceId, entry.resourceName].includes(resource)) &&
    (outcome === undefined || entry.outcome === outcome) &&
    (from === undefined || entry.at >= from) &&
    (to === undefined || entry.at <= to)
  );
}
