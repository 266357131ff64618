import { expect, it } from 'vitest';
import { settingsSchema } from '@/server/api/settings';
import { mergeSettings } from './merge-settings';

const before = settingsSchema.parse({});
const withDays = (days: { auditDays?: number; taskDays?: number }) => ({
  ...before,
  retention: { ...before.retention, ...days },
});

it('takes what the other saved, and keeps what was typed here', () => {
  const { merged, changed } = mergeSettings(
    before,
    withDays({ auditDays: 7 }),
    withDays({ taskDays: 9 }),
  );
  expect(merged).toEqual(withDays({ auditDays: 7, taskDays: 9 }));
  expect(changed).toEqual(['retention.taskDays']);
});

it('keeps what was typed here where both changed the same', () => {
  const { merged, changed } = mergeSettings(
    before,
    withDays({ auditDays: 7 }),
    withDays({ auditDays: 8 }),
  );
  expect(merged.retention.auditDays).toBe(7);
  expect(changed).toEqual(['retention.auditDays']);
});

it('takes what the other saved beside what is no number yet', () => {
  const { merged } = mergeSettings(
    before,
    withDays({ auditDays: Number.NaN }),
    withDays({ taskDays: 9 }),
  );
  expect(merged).toEqual(withDays({ auditDays: Number.NaN, taskDays: 9 }));
});
