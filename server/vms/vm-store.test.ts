import { afterEach, beforeEach, expect, it } from 'vitest';
import { vmConfigSchema } from '../api/vm-config';
import { openTestDatabase, type TestDatabase } from '../database/testing/test-database';
import { someVm } from '../testing/some-vm';
import { VmStore } from './vm-store';

let opened: TestDatabase;
let store: VmStore;

beforeEach(async () => {
  opened = await openTestDatabase();
  store = new VmStore(opened.database);
});

afterEach(() => opened.close());

it('a machine comes back as it was, with what it runs with', async () => {
  const vm = someVm();
  await store.insert({ vm, desired: 'stopped' });
  expect(await store.list()).toEqual([{ vm, desired: 'stopped', runsWith: undefined }]);

  const runsWith = vmConfigSchema.parse({ cpu: { count: 3 } });
  const running = { ...vm, state: 'running' as const };
  await store.save({ vm: running, desired: 'running', runsWith });
  expect(await store.list()).toEqual([{ vm: running, desired: 'running', runsWith }]);
});
