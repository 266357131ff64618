import { expect, it } from 'vitest';
import { settingsSchema } from '../api/settings';
import { silentLog } from '../log/log';
import { daysBefore, Maintenance } from './maintenance';

const { retention } = settingsSchema.parse({ retention: { auditDays: 7 } });
const NOW = new Date('2026-01-08T00:00:00Z');

it('lets each delete what is too old, and none hinder the others', async () => {
  const seen: string[] = [];
  const maintenance = new Maintenance(
    [
      { name: 'broken', prune: () => Promise.reject(new Error('disk full')) },
      {
        name: 'audit',
        prune: async ({ auditDays }, now) => {
          seen.push(daysBefore(now, auditDays).toISOString());
        },
      },
    ],
    () => retention,
    silentLog,
    () => NOW,
  );
  await maintenance.run();
  expect(seen).toEqual(['2026-01-01T00:00:00.000Z']);
  await maintenance.close();
  await maintenance.run();
  expect(seen).toHaveLength(1);
});
