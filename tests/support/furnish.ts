import { guest } from '../guests/assemble';
import { apiOf, uploadImage } from './api';
import type { TestConsole } from './console';

/** The tabs of a machine's page that have something to see; the first has no name in the address. */
const TABS = ['', 'console', 'hardware', 'metrics', 'events', 'log', 'api'];

/** Machines in several states, images, disks, users. @returns pages that are about one of them */
export async function furnish(tested: TestConsole): Promise<string[]> {
  const api = await apiOf(tested);
  const kernelId = await uploadImage(api, 'kernel', 'payload', guest('halt'));
  await api.call('createDisk', { body: { from: 'empty', name: 'data', sizeBytes: 2 ** 30 } });
  const ids: string[] = [];
  for (const [at, name] of ['web', 'database', 'mail', 'build-1', 'build-2'].entries()) {
    const config = { boot: { from: 'kernel', kernelId }, memory: { bytes: 2 ** 26 } } as const;
    const body = { name, config, tags: at > 2 ? ['ci'] : ['home'], notes: 'What it is for.' };
    const { id } = await api.call('createVm', { body });
    ids.push(id);
    if (at < 3) await api.call('startVm', { id });
  }
  const [running = '', paused = ''] = ids;
  await tested.untilState(running, 'running');
  await tested.untilState(paused, 'running');
  await api.call('pauseVm', { id: paused });
  for (const [name, role] of [
    ['ada', 'operator'],
    ['ben', 'viewer'],
  ]) {
    await tested.request('POST', '/users', { name, role, password: 'a password of theirs' });
  }
  return TABS.map((tab) => `machines/${running}${tab === '' ? '' : `?tab=${tab}`}`);
}
