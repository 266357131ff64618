import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiClient, ApiError, type Input } from '@/server/api/client';
import { type ConsoleEvent, eventSchema } from '@/server/api/events';
import type { Operation } from '@/server/api/operations/operation';
import { type OperationName, operations } from '@/server/api/operations/operations';
import { problemSchema } from '@/server/api/problem';
import { ACTIONS_BY_STATE } from '@/server/api/vm-actions';
import { type VmState, vmStateSchema } from '@/server/api/vms';
import { sampleAt } from '../../../charts/testing/samples';
import { someDisk, someImage, someTask, someVm } from '../fixtures';
import { MockConsole } from './mock-console';
import { PASSWORD } from './world';

const GiB = 1024 ** 3;
const AT = '2026-01-01T00:00:00.000Z';
const BYTES = new Uint8Array(4);

/** A request for each operation that goes well in the furnished console. */
const ASKED: { readonly [N in OperationName]: Input<N> } = {
  listVms: {},
  createVm: { body: { name: 'new', start: true } },
  getVm: { id: 'off' },
  changeVm: { id: 'off', body: { notes: 'Read me.' } },
  deleteVm: { id: 'off' },
  startVm: { id: 'off' },
  pauseVm: { id: 'on' },
  resumeVm: { id: 'still' },
  resetVm: { id: 'on' },
  stopVm: { id: 'on' },
  shutdownVm: { id: 'on' },
  listVmEvents: { id: 'on' },
  getVmMetrics: { id: 'on' },
  getVmHistory: { id: 'on' },
  followVmMetrics: { id: 'on' },
  followFigures: {},
  getVmLog: { id: 'on' },
  createConsoleTicket: { id: 'on' },
  openConsole: { id: 'on' },
  getConsoleLog: { id: 'on' },
  listImages: {},
  importImage: {
    body: { name: 'x', kind: 'disk', url: 'https://x.test/', sha256: 'c'.repeat(64) },
  },
  getImage: { id: 'image' },
  changeImage: { id: 'image', body: { name: 'other' } },
  deleteImage: { id: 'image' },
  buildDefaultImage: {},
  listUploads: {},
  createUpload: { body: { name: 'x', kind: 'disk', sizeBytes: 8 } },
  getUpload: { id: 'half' },
  sendChunk: { id: 'half', query: { offset: '4' }, body: BYTES },
  deleteUpload: { id: 'half' },
  completeUpload: { id: 'whole' },
  listDisks: {},
  createDisk: { body: { from: 'image', name: 'x', imageId: 'image' } },
  getDisk: { id: 'free' },
  changeDisk: { id: 'free', body: { readOnly: true } },
  deleteDisk: { id: 'free' },
  attachDisk: { id: 'free', body: { vmId: 'off' } },
  detachDisk: { id: 'own' },
  growDisk: { id: 'free', body: { sizeBytes: 8 * GiB } },
  listTasks: {},
  getTask: { id: 'task' },
  getTaskLog: { id: 'task' },
  cancelTask: { id: 'task' },
  startRecording: { id: 'still' },
  listRecordings: {},
  getRecording: { id: 'recording' },
  deleteRecording: { id: 'recording' },
  stopRecording: { id: 'recording' },
  downloadRecording: { id: 'recording' },
  getHost: {},
  examineHost: {},
  getHostMetrics: {},
  getHostHistory: {},
  followHostMetrics: {},
  followEvents: {},
  getSettings: {},
  replaceSettings: { body: {} },
  getApiDescription: {},
  getSession: {},
  signIn: { body: { name: 'viewer', password: PASSWORD } },
  signOut: {},
  firstRun: { body: { token: 'once', name: 'first', password: PASSWORD } },
  listSessions: {},
  endOtherSessions: {},
  endSession: { id: 'elsewhere' },
  listTokens: {},
  createToken: { body: { name: 'script', scopes: ['read'] } },
  deleteToken: { id: 'token' },
  listUsers: {},
  createUser: { body: { name: 'new', role: 'viewer', password: PASSWORD } },
  getUser: { id: 'user-viewer' },
  changeUser: { id: 'user-viewer', body: { disabled: true } },
  deleteUser: { id: 'user-viewer' },
  setPassword: { id: 'user-viewer', body: { password: PASSWORD } },
  listAudit: {},
  exportAudit: {},
};

function furnished(): MockConsole {
  const console = new MockConsole();
  const { world } = console;
  const by = { id: 'user-admin', name: 'admin' };
  world.vms.put(someVm({ id: 'off', name: 'off' }));
  world.vms.put(someVm({ id: 'on', name: 'on', state: 'running' }));
  world.vms.put(someVm({ id: 'still', name: 'still', state: 'paused' }));
  world.samples.set('on', [sampleAt(0)]);
  world.figures.set('on', [{ cpu: 0.5, memoryBytes: 1 }]);
  world.images.put(someImage({ id: 'image' }));
  world.disks.put(someDisk({ id: 'free', name: 'free' }));
  world.disks.put(someDisk({ id: 'own', name: 'own', vmId: 'off', position: 0 }));
  world.tasks.put(someTask({ id: 'task' }));
  world.recordings.put({
    ...{ id: 'recording', vmId: 'on', vmName: 'on', user: by, state: 'recording' },
    ...{ sizeBytes: 0, startedAt: AT, endedAt: null },
  });
  const upload = { kind: 'disk', sizeBytes: 8, sha256: null, chunkBytes: 4 } as const;
  const times = { createdAt: AT, expiresAt: AT };
  world.uploads.put({ id: 'half', name: 'half', ...upload, receivedBytes: 4, ...times });
  world.uploads.put({ id: 'whole', name: 'whole', ...upload, receivedBytes: 8, ...times });
  world.tokens.put({
    ...{ id: 'token', name: 'script', userId: by.id, prefix: 'vdt_', scopes: ['read'] },
    ...{ ...times, lastUsedAt: null },
  });
  world.sessions.put({
    ...{ id: 'elsewhere', userId: by.id, ...times, lastSeenAt: AT },
    ...{ address: '::1', userAgent: 'Another browser', current: false },
  });
  world.firstRunToken = 'once';
  return console;
}

let mock: MockConsole;
let api: ApiClient;

beforeEach(() => {
  mock = furnished();
  api = new ApiClient('http://console.test', undefined);
  vi.stubGlobal('fetch', mock.fetch);
});
afterEach(() => vi.unstubAllGlobals());

const failureOf = async (promise: Promise<unknown>) => {
  const error = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof ApiError)) throw new Error(`no problem but ${error}`);
  return problemSchema.parse(error.problem);
};

describe('the mock keeps the contract', () => {
  const all = Object.entries<Operation>(operations).map(
    ([name, operation]) => [name as OperationName, operation] as const,
  );
  const answered = all.filter(([name]) => name !== 'openConsole');

  it.each(answered)('answers %s as its schema says', async (name) => {
    // The client parses by the schema of the status that came.
    await expect(api.call(name, ASKED[name])).resolves.not.toThrow();
  });

  it('answers who asks for a console without an upgrade by 426', async () => {
    expect(await failureOf(api.call('openConsole', { id: 'on' }))).toMatchObject({ status: 426 });
  });

  it.each(all)('lets nobody but the right ones ask %s', async (name, { needs }) => {
    if (needs === 'open') return;
    mock.world.endOwnSession();
    expect((await failureOf(api.call(name, ASKED[name]))).status).toBe(401);
    if (needs.role === 'viewer') return;
    mock.world.signIn('viewer');
    expect((await failureOf(api.call(name, ASKED[name]))).status).toBe(403);
  });

  it.each(all.filter(([, { path }]) => path.includes('{id}')))(
    'answers %s of what is not there by 404',
    async (name) => {
      const asked = Object.assign({}, ASKED[name], { id: 'nobody' }) as Input<typeof name>;
      expect((await failureOf(api.call(name, asked))).status).toBe(404);
    },
  );
});

describe.each(vmStateSchema.options)('a machine that is %s', (state: VmState) => {
  const actions = ['start', 'pause', 'resume', 'shutdown', 'reset', 'stop', 'delete'] as const;

  it.each(actions)('answers %s by the table of actions', async (action) => {
    mock.world.vms.put(someVm({ id: 'it', name: 'it', state }));
    const asked = api.call(`${action}Vm`, { id: 'it' });
    if (ACTIONS_BY_STATE[state].includes(action)) await asked;
    else expect(await failureOf(asked)).toMatchObject({ status: 409, code: 'wrong-state' });
  });
});

describe('the mock keeps state', () => {
  it('begins a start, and tells when the machine runs', async () => {
    const events: ConsoleEvent[] = [];
    const stream = new mock.EventSource('/api/v1/events');
    stream.addEventListener('vm.changed', (message) => {
      events.push(eventSchema.parse(JSON.parse((message as MessageEvent<string>).data)));
    });
    await vi.waitFor(() => expect(stream.readyState).toBe(1));
    expect(await api.call('startVm', { id: 'off' })).toMatchObject({ state: 'starting' });
    await vi.waitFor(() => expect(events).toHaveLength(2));
    expect(events).toMatchObject([
      { vm: { id: 'off', state: 'starting' } },
      { vm: { id: 'off', state: 'running' } },
    ]);
  });

  it('takes a change from the revision it was made from, and from no other', async () => {
    const change = (revision: number) =>
      mock.fetch('/api/v1/vms/off', {
        method: 'PATCH',
        headers: { 'if-match': `"${revision}"` },
        body: JSON.stringify({ notes: 'changed' }),
      });
    const first = await change(1);
    expect(first.status).toBe(200);
    expect(first.headers.get('etag')).toBe('"2"');
    expect((await change(1)).status).toBe(412);
    expect((await change(2)).status).toBe(200);
  });

  it('makes an image of the chunks of an upload', async () => {
    await api.call('sendChunk', { id: 'half', query: { offset: '4' }, body: BYTES });
    const { id } = await api.call('completeUpload', { id: 'half' });
    await vi.waitFor(async () =>
      expect(await api.call('getTask', { id })).toMatchObject({ state: 'succeeded' }),
    );
    expect(await api.call('getImage', { id: 'half' })).toMatchObject({ state: 'ready' });
    expect((await api.call('listUploads', {})).items.map((upload) => upload.id)).toEqual(['whole']);
  });

  it('gives a task up with what it was making', async () => {
    mock.world.holdWork();
    const task = await api.call('createDisk', ASKED.createDisk);
    if (!('resource' in task)) throw new Error('a copy of an image is a task');
    await api.call('cancelTask', { id: task.id });
    await vi.waitFor(() => expect(mock.world.tasks.get(task.id).state).toBe('cancelled'));
    expect(mock.world.disks.find(task.resource.id)).toBeUndefined();
  });

  it('sets the disks of a deleted machine free', async () => {
    await api.call('deleteVm', { id: 'off' });
    expect(await api.call('getDisk', { id: 'own' })).toMatchObject({ vmId: null, position: null });
  });

  it('names the fields of a request that are wrong', async () => {
    const problem = await failureOf(api.call('createVm', { body: { name: '' } }));
    expect(problem).toMatchObject({
      status: 422,
      errors: [{ path: 'name', message: 'Give the machine a name.' }, { path: 'name' }],
    });
  });

  it('writes down what was done and what was refused', async () => {
    await api.call('pauseVm', { id: 'on' });
    mock.world.signIn('viewer');
    await failureOf(api.call('stopVm', { id: 'on' }));
    expect(mock.world.audit).toMatchObject([
      { userName: 'admin', action: 'vm.operate', resourceName: 'on', outcome: 'ok', code: null },
      { userName: 'viewer', action: 'vm.operate', outcome: 'refused', code: 'forbidden' },
    ]);
  });

  it('is out of reach when a test wants it, and comes back with its streams', async () => {
    const stream = new mock.EventSource('/api/v1/events');
    await vi.waitFor(() => expect(stream.readyState).toBe(1));
    mock.goDown();
    expect(stream.readyState).toBe(0);
    await expect(mock.fetch('/api/v1/vms')).rejects.toThrow(TypeError);
    mock.comeBack();
    expect(stream.readyState).toBe(1);
  });
});
