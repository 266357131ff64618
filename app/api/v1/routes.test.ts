import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostSchema } from '@/server/api/host';
import { imageListSchema } from '@/server/api/images';
import { vmMetricsSchema } from '@/server/api/metrics';
import { problemSchema } from '@/server/api/problem';
import { sessionSchema, type User } from '@/server/api/session';
import { storedSettingsSchema } from '@/server/api/settings';
import { anyVmEventListSchema, vmEventListSchema } from '@/server/api/vm-events';
import { vmListSchema, vmSchema } from '@/server/api/vms';
import { BasePath } from '@/server/http/base-path';
import { provideServices } from '@/server/registry';
import { eventually } from '@/server/testing/eventually';
import { openTestConsole, type TestConsole } from '@/server/testing/test-console';
import * as unknown from '../[...rest]/route';
import * as auditExport from './audit/export/route';
import * as events from './events/route';
import * as firstRun from './first-run/route';
import * as host from './host/route';
import * as build from './images/default/build/route';
import * as images from './images/route';
import * as session from './session/route';
import * as settings from './settings/route';
import * as user from './users/[id]/route';
import * as users from './users/route';
import * as anyVmEvents from './vm-events/route';
import * as log from './vms/[id]/console/log/route';
import * as tickets from './vms/[id]/console-tickets/route';
import * as vmEvents from './vms/[id]/events/route';
import * as monitorLog from './vms/[id]/log/route';
import * as metrics from './vms/[id]/metrics/route';
import * as pause from './vms/[id]/pause/route';
import * as vm from './vms/[id]/route';
import * as shutdown from './vms/[id]/shutdown/route';
import * as start from './vms/[id]/start/route';
import * as stop from './vms/[id]/stop/route';
import * as vms from './vms/route';

type Route = typeof vms;
type Method = keyof Route;

let test: TestConsole;
let cookie = '';

beforeAll(async () => {
  test = await openTestConsole({ origins: ['https://vms.example'] });
  provideServices(test.services);
});

afterAll(async () => {
  await test.close();
});

interface Ask {
  readonly method?: Method;
  readonly body?: string | object;
  readonly headers?: Record<string, string>;
  readonly id?: string;
  readonly path?: string;
}

async function ask(route: Route, { method = 'GET', body, headers = {}, id, path = '' }: Ask = {}) {
  const request = new Request(`http://console.test/api/v1/${path}`, {
    method,
    headers: {
      host: 'console.test',
      cookie,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return route[method](request, { params: Promise.resolve(id === undefined ? undefined : { id }) });
}

async function problem(response: Promise<Response>) {
  const answer = await response;
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const body = problemSchema.parse(await answer.json());
  expect(body.status).toBe(answer.status);
  expect(body.hint).not.toBe('');
  return body;
}

describe('before anybody has signed in', () => {
  it('says that this is the first run', async () => {
    const answer = sessionSchema.parse(await (await ask(session)).json());
    expect(answer).toEqual({ user: null, firstRun: true });
  });

  it('shows nothing else', async () => {
    for (const route of [host, vms, images, events]) {
      expect(await problem(ask(route))).toMatchObject({ status: 401, code: 'sign-in-needed' });
    }
    expect((await problem(ask(vm, { id: 'x' }))).status).toBe(401);
    expect((await problem(ask(start, { method: 'POST', id: 'x' }))).status).toBe(401);
  });

  it('takes the one-time token once and opens a session', async () => {
    const token = await test.services.firstRun.issueToken();
    const body = { token, name: 'admin', password: 'correct horse battery' };
    const weak = await problem(ask(firstRun, { method: 'POST', body: { ...body, password: 'x' } }));
    expect(weak.errors?.[0]).toEqual({ path: 'password', message: 'At least 10 characters.' });
    const answer = await ask(firstRun, { method: 'POST', body });
    expect(answer.status).toBe(201);
    const set = answer.headers.get('set-cookie') ?? '';
    expect(set).toMatch(/HttpOnly; SameSite=Lax/);
    expect(set).not.toContain('Secure');
    cookie = set.split(';')[0] ?? '';
    expect(await problem(ask(firstRun, { method: 'POST', body }))).toMatchObject({ status: 409 });
  });
});

describe('signed in', () => {
  it('sees the host and the image', async () => {
    expect(hostSchema.parse(await (await ask(host)).json()).version).toBe('1.2.3');
    const list = imageListSchema.parse(await (await ask(images)).json());
    expect(list.items[0]).toMatchObject({ id: 'default', status: { state: 'ready' } });
    expect((await ask(build, { method: 'POST' })).status).toBe(202);
  });

  it('makes, starts, stops and deletes a machine', async () => {
    const created = await ask(vms, { method: 'POST', body: { name: 'one' } });
    expect(created.status).toBe(201);
    const { id, config } = vmSchema.parse(await created.json());
    expect(config.memory.bytes).toBe(128 * 1024 * 1024);
    expect(created.headers.get('location')).toBe(`/api/v1/vms/${id}`);
    vmSchema.parse(await (await ask(start, { method: 'POST', id })).json());
    await eventually(async () => {
      const now = vmSchema.parse(await (await ask(vm, { id })).json());
      expect(now.state).toBe('running');
    });
    expect(await problem(ask(start, { method: 'POST', id }))).toMatchObject({
      status: 409,
      code: 'wrong-state',
    });
    expect((await problem(ask(vm, { method: 'DELETE', id }))).status).toBe(409);
    vmMetricsSchema.parse(await (await ask(metrics, { id })).json());
    expect(await (await ask(log, { id })).text()).toBe('what was printed\n');
    expect((await ask(tickets, { method: 'POST', id })).status).toBe(201);
    expect((await ask(pause, { method: 'POST', id })).status).toBe(200);
    const stopped = await ask(stop, { method: 'POST', id });
    expect(vmSchema.parse(await stopped.json()).state).toBe('stopped');
    expect((await ask(vm, { method: 'DELETE', id })).status).toBe(204);
    expect(vmListSchema.parse(await (await ask(vms)).json()).items).toEqual([]);
    expect(await problem(ask(vm, { id }))).toMatchObject({ status: 404, code: 'not-found' });
  });

  it('is in the audit log by name with what was made, changed and deleted', async () => {
    const { id } = vmSchema.parse(
      await (await ask(vms, { method: 'POST', body: { name: 'audited' }, path: 'vms' })).json(),
    );
    await ask(start, { method: 'POST', id, path: `vms/${id}/start` });
    await ask(stop, { method: 'POST', id, path: `vms/${id}/stop` });
    await ask(vm, { method: 'DELETE', id, path: `vms/${id}` });
    const password = 'correct horse battery';
    const body = { name: 'ada', role: 'viewer', password };
    const ada = (await (await ask(users, { method: 'POST', body, path: 'users' })).json()) as User;
    await ask(user, { method: 'DELETE', id: ada.id, path: `users/${ada.id}` });
    const entries = (await test.services.audit.list({}, 6)).reverse();
    const told = entries.map((entry) => [entry.operation, entry.resourceId, entry.resourceName]);
    expect(told).toEqual([
      ['createVm', id, 'audited'],
      ['startVm', id, 'audited'],
      ['stopVm', id, 'audited'],
      ['deleteVm', id, 'audited'],
      ['createUser', ada.id, 'ada'],
      ['deleteUser', ada.id, 'ada'],
    ]);
  });

  it('changes a machine that nobody else has changed, and tells what happened to it', async () => {
    const created = await ask(vms, { method: 'POST', body: { name: 'two' } });
    const { id } = vmSchema.parse(await created.json());
    const etag = (await ask(vm, { id })).headers.get('etag') ?? '';
    const change = (body: object) =>
      ask(vm, { method: 'PATCH', id, body, headers: { 'if-match': etag } });
    const changed = await change({ tags: ['Web', 'web'], notes: 'first' });
    expect(vmSchema.parse(await changed.json())).toMatchObject({ tags: ['web'], notes: 'first' });
    expect(changed.headers.get('etag')).not.toBe(etag);
    expect(await problem(change({ notes: 'second' }))).toMatchObject({ status: 412 });
    expect(await problem(change({}))).toMatchObject({ status: 422 });
    const now = changed.headers.get('etag') ?? '';
    for (const known of [now, `W/${now}`, `"x", ${now}`, '*']) {
      const same = await ask(vm, { id, headers: { 'if-none-match': known } });
      expect([same.status, same.headers.get('etag'), await same.text()]).toEqual([304, now, '']);
    }
    expect((await ask(vm, { id, headers: { 'if-none-match': etag } })).status).toBe(200);

    const headers = { 'if-match': 'W/"1"' };
    const wrong = ask(vm, { method: 'PATCH', id, body: { notes: '' }, headers });
    expect(await problem(wrong)).toMatchObject({ status: 400, code: 'wrong-if-match' });

    const page = async (query: string) =>
      vmEventListSchema.parse(await (await ask(vmEvents, { id, path: query })).json());
    const newest = await page('?limit=1');
    expect(newest.items.map(({ kind }) => kind)).toEqual(['changed']);
    const rest = await page(`?cursor=${newest.nextCursor}`);
    expect(rest.items.map(({ kind }) => kind)).toEqual(['created']);
    expect(rest.nextCursor).toBeNull();
    const any = anyVmEventListSchema.parse(
      await (await ask(anyVmEvents, { path: '?limit=2' })).json(),
    );
    expect(any.items.map(({ kind, vmId }) => [kind, vmId])).toEqual([
      ['changed', id],
      ['created', id],
    ]);
    expect(await problem(ask(vmEvents, { id, path: '?limit=0' }))).toMatchObject({ status: 422 });
    await ask(vm, { method: 'DELETE', id });
  });

  it('asks a machine to shut down', async () => {
    const body = { name: 'three', start: true };
    const { id } = vmSchema.parse(await (await ask(vms, { method: 'POST', body })).json());
    await eventually(() => expect(test.services.vms.get(id).state).toBe('running'));
    const told = await ask(shutdown, { method: 'POST', id });
    expect(vmSchema.parse(await told.json()).state).toBe('stopping');
    expect(await (await ask(monitorLog, { id })).text()).toBe('what the monitor said\n');
    await ask(stop, { method: 'POST', id });
    await ask(vm, { method: 'DELETE', id });
  });

  it('keeps the settings, all of them at once', async () => {
    const read = storedSettingsSchema.parse(await (await ask(settings)).json());
    expect(read.settings.capacity.memoryOvercommit).toBe(1);
    const put = (body: object) =>
      ask(settings, { method: 'PUT', body, headers: { 'if-match': `"${read.revision}"` } });
    const changed = await put({ capacity: { memoryOvercommit: 2 } });
    expect(storedSettingsSchema.parse(await changed.json())).toMatchObject({
      settings: { capacity: { memoryOvercommit: 2 } },
      revision: read.revision + 1,
    });
    expect(await problem(put({}))).toMatchObject({ status: 412, code: 'changed-meanwhile' });
    const wrong = ask(settings, { method: 'PUT', body: { capacity: { memoryOvercommit: -1 } } });
    expect((await problem(wrong)).errors?.[0]?.path).toBe('capacity.memoryOvercommit');
  });

  it('streams events', async () => {
    const response = await ask(events, { headers: { 'last-event-id': '1' } });
    test.services.streams.closeAll('enough');
    expect(await response.text()).toContain('event: missed');
  });

  it('exports the audit log for as long as who asks is signed in', async () => {
    const admin = { name: 'admin', password: 'correct horse battery' };
    const signedIn = await ask(session, { method: 'POST', body: admin });
    const headers = { cookie: signedIn.headers.get('set-cookie')?.split(';')[0] ?? '' };
    const reader = (await ask(auditExport, { headers })).body?.getReader();
    expect((await reader?.read())?.value).toBeDefined();
    await ask(session, { method: 'DELETE', headers });
    await expect(reader?.read()).rejects.toThrow('signed out');
    expect((await (await ask(auditExport)).text()).split('\n').length).toBeGreaterThan(5);
  });

  it('changes a user whom nobody else has changed', async () => {
    const body = { name: 'eve', role: 'viewer', password: 'correct horse battery' };
    const { id } = (await (await ask(users, { method: 'POST', body })).json()) as User;
    const etag = (await ask(user, { id })).headers.get('etag') ?? '';
    const change = (role: string, ifMatch: string) =>
      ask(user, { method: 'PATCH', id, body: { role }, headers: { 'if-match': ifMatch } });
    const changed = await change('operator', `"x", ${etag}`);
    expect(changed.status).toBe(200);
    expect(await problem(change('admin', etag))).toMatchObject({ code: 'changed-meanwhile' });
    expect((await change('admin', changed.headers.get('etag') ?? '')).status).toBe(200);
    expect((await change('viewer', '*')).status).toBe(200);
    await ask(user, { method: 'DELETE', id });
  });

  it('is told where things are below the path that a proxy shows the console at', async () => {
    const before = test.services;
    provideServices({ ...before, basePath: new BasePath('/lab') });
    const path = '../../lab/api/v1/vms';
    const made = await ask(vms, { method: 'POST', body: { name: 'below' }, path });
    const { id } = vmSchema.parse(await made.json());
    expect(made.headers.get('location')).toBe(`/lab/api/v1/vms/${id}`);
    expect(await before.audit.list({}, 1)).toMatchObject([
      { operation: 'createVm', resourceId: id },
    ]);
    const password = 'correct horse battery';
    const signedIn = await ask(session, { method: 'POST', body: { name: 'admin', password } });
    expect(signedIn.headers.get('set-cookie')).toContain('; Path=/lab;');
    provideServices(before);
    await ask(vm, { method: 'DELETE', id });
  });

  it('signs out', async () => {
    const name = { name: 'admin', password: 'correct horse battery' };
    const signedIn = await ask(session, {
      method: 'POST',
      body: name,
      headers: { origin: 'https://console.test' },
    });
    expect(signedIn.headers.get('set-cookie')).toContain('; Secure');
    const second = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const out = await ask(session, { method: 'DELETE', headers: { cookie: second } });
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await problem(ask(vms, { headers: { cookie: second } }))).status).toBe(401);
    const wrong = { ...name, password: 'wrong' };
    expect((await problem(ask(session, { method: 'POST', body: wrong }))).status).toBe(401);
  });
});

const withConfig = (config: object): object => ({ name: 'one', config });

describe('a bad request', () => {
  const create = (body: string | object, headers: Record<string, string> = {}) =>
    problem(ask(vms, { method: 'POST', body, headers }));

  it('with half a body is told what is wrong with it', async () => {
    const answer = await create('{"name":"on');
    expect(answer).toMatchObject({ status: 400, code: 'malformed-json' });
    expect(answer.detail).toMatch(/JSON/);
  });

  it('with bytes that are no UTF-8, the wrong type, or too many', async () => {
    const latin1 = Buffer.from('{"name":"\xe9"}', 'latin1');
    const request = new Request('http://console.test/api/v1/vms', {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: latin1,
    });
    const answer = await vms.POST(request, { params: Promise.resolve(undefined) });
    expect(answer.status).toBe(400);
    expect(await create('name=one', { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
    });
    expect((await create({ name: 'x'.repeat(100_000) })).status).toBe(413);
  });

  it.each([
    [{ name: 'bell\u0007' }, 'name', 'No control characters.'],
    [{ name: '' }, 'name', 'Give the machine a name.'],
    [withConfig({ cpu: { count: 0 } }), 'config.cpu.count', 'At least 1.'],
    [withConfig({ cpu: { count: 1000 } }), 'config.cpu.count', 'At most 64.'],
    [withConfig({ memory: { bytes: 0 } }), 'config.memory.bytes', 'At least 32 MiB.'],
    [
      withConfig({ boot: { from: 'default', cmdline: 'a\nb' } }),
      'config.boot.cmdline',
      'No control characters.',
    ],
    [{ name: 'one', vcpus: 1 }, 'vcpus', 'There is no such field.'],
    [withConfig({ memory: { bytes: 2 ** 50 } }), 'config.memory.bytes', /This host has 8192 MiB/],
  ])('%j names the field', async (body, path, message) => {
    const answer = await create(body);
    expect(answer.status).toBe(422);
    expect(answer.errors).toContainEqual({ path, message: expect.stringMatching(message) });
  });

  it('with a field nobody knows is refused', async () => {
    expect((await create({ name: 'one', cpus: 2 })).errors?.[0]?.path).toBe('cpus');
  });

  it('of a method that is not there says which are', async () => {
    const response = ask(vms, { method: 'DELETE' });
    expect(await problem(response)).toMatchObject({ status: 405, code: 'wrong-method' });
    expect((await response).headers.get('allow')).toBe('GET, POST');
  });

  it('to an unknown place is told so', async () => {
    expect(await problem(ask(unknown, { method: 'PATCH', path: 'nope' }))).toMatchObject({
      status: 404,
      detail: 'There is no resource at /api/v1/nope.',
    });
  });

  it('from another site is refused before anything is done', async () => {
    const from = (headers: Record<string, string>) =>
      ask(vms, { method: 'POST', body: { name: 'csrf' }, headers });
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      expect((await problem(from(headers as Record<string, string>))).code).toBe('cross-site');
    }
    expect(test.services.vms.list()).toEqual([]);
    const refused = { action: 'request', outcome: 'refused', code: 'cross-site', via: 'none' };
    expect(await test.services.audit.list({}, 1)).toMatchObject([refused]);
    const headers = { authorization: 'Bearer vdk_guess' };
    expect((await problem(ask(vms, { headers }))).code).toBe('bad-token');
    expect(await test.services.audit.list({}, 1)).toMatchObject([
      { ...refused, code: 'bad-token' },
    ]);
    expect((await from({ origin: 'http://console.test' })).status).toBe(201);
    expect(await problem(from({ origin: 'https://vms.example' }))).toMatchObject({
      code: 'name-taken',
    });
  });

  it('that meets a fault of ours shows no stack', async () => {
    const { agent } = test.services;
    const facts = agent.facts;
    agent.facts = () => Promise.reject(new Error('secret inner workings'));
    const answer = await problem(ask(host));
    agent.facts = facts;
    expect(answer).toMatchObject({ status: 500, code: 'internal' });
    expect(JSON.stringify(answer)).not.toContain('secret');
  });
});
