import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditEntrySchema } from '../../server/api/audit';
import { ApiClient } from '../../server/api/client';
import type { Role } from '../../server/api/session';
import { createdTokenSchema, type Scope } from '../../server/api/tokens';
import { type Account, accountSchema, openSessionListSchema } from '../../server/api/users';
import { type Answer, TestConsole } from '../support/console';
import { DATABASES, TestDatabases } from '../support/databases';

const ADMIN = { name: 'root.admin', password: 'correct horse battery' };
const PASSWORD = 'a password of somebody';
const VM = { name: 'web', config: { memory: { bytes: 32 * 2 ** 20 } } };

/** Who may do what on a running console, and what it remembers of it. */
describe.each(DATABASES)('people and their rights on a running console, on %s', (kind) => {
  let databases: TestDatabases;
  let console: TestConsole;
  let vmId: string;

  beforeAll(async () => {
    databases = await TestDatabases.start(kind);
    console = await TestConsole.fresh(await databases.environment());
  });
  afterAll(async () => {
    await console?.remove();
    await databases?.stop();
  });

  /** Asks as somebody else than the administrator. */
  const as =
    (headers: Readonly<Record<string, string>>) =>
    (method: string, route: string, body?: unknown): Promise<Answer> =>
      console.request(method, route, body, { cookie: '', ...headers });
  const nobody = as({});

  async function signIn(name: string, password = PASSWORD): Promise<string> {
    const { status, headers } = await nobody('POST', '/session', { name, password });
    expect(status).toBe(200);
    return headers.getSetCookie()[0]?.split(';')[0] ?? '';
  }
  async function makeUser(name: string, role: Role): Promise<Account> {
    const made = await console.request('POST', '/users', { name, role, password: PASSWORD });
    expect(made.status).toBe(201);
    return accountSchema.parse(made.body);
  }
  async function makeToken(cookie: string, scopes: readonly Scope[]) {
    const made = await as({ cookie })('POST', '/tokens', { name: 'mine', scopes });
    expect(made.status).toBe(201);
    return createdTokenSchema.parse(made.body);
  }

  it('lets the first administrator in by the one-time link, once', async () => {
    const token = /#(\S+)/.exec(console.oneTimeLink)?.[1];
    expect(await nobody('GET', '/session')).toMatchObject({ body: { user: null, firstRun: true } });
    const wrong = await nobody('POST', '/first-run', { token: `${token}x`, ...ADMIN });
    expect(wrong.status).toBeGreaterThanOrEqual(400);
    expect((await nobody('GET', '/vms')).status).toBe(401);
    const made = await console.request('POST', '/first-run', { token, ...ADMIN });
    expect(made).toMatchObject({ status: 201, body: { user: { role: 'admin' } } });
    const again = await nobody('POST', '/first-run', { token, ...ADMIN, name: 'other' });
    expect(again.status).toBeGreaterThanOrEqual(400);
    expect(await nobody('GET', '/session')).toMatchObject({ body: { firstRun: false } });
    const vm = await console.request('POST', '/vms', VM);
    vmId = (vm.body as { id: string }).id;
  });

  it('lets each role do what it is for', async () => {
    const attempts: readonly [method: string, route: string, body: unknown, least: Role][] = [
      ['GET', '/vms', undefined, 'viewer'],
      ['GET', '/host', undefined, 'viewer'],
      ['PATCH', `/vms/${vmId}`, { notes: 'seen' }, 'operator'],
      ['POST', '/disks', { from: 'empty', name: 'x', sizeBytes: 2 ** 20 }, 'operator'],
      ['GET', '/settings', undefined, 'admin'],
      ['GET', '/audit', undefined, 'admin'],
      ['GET', '/users', undefined, 'admin'],
    ];
    const order: readonly Role[] = ['viewer', 'operator', 'admin'];
    for (const role of order) {
      await makeUser(role, role);
      const cookie = await signIn(role);
      for (const [method, route, body, least] of attempts) {
        const { status } = await as({ cookie })(method, route, body);
        const may = order.indexOf(role) >= order.indexOf(least);
        expect(`${role} ${method} ${route}: ${status === 403}`).toBe(
          `${role} ${method} ${route}: ${!may}`,
        );
      }
    }
    for (const [method, route, body] of attempts) {
      expect((await nobody(method, route, body)).status).toBe(401);
    }
  });

  it('makes tokens that let no more than their scope, and none after they are revoked', async () => {
    const cookie = await signIn('operator');
    const reading = await makeToken(cookie, ['read']);
    const operating = await makeToken(cookie, ['operate']);
    const change = { id: vmId, body: { notes: 'by token' } };
    const reader = new ApiClient(console.address, reading.token);
    expect((await reader.call('listVms', {})).items).toHaveLength(1);
    await expect(reader.call('changeVm', change)).rejects.toMatchObject({
      problem: { status: 403 },
    });
    const operator = new ApiClient(console.address, operating.token);
    expect(await operator.call('changeVm', change)).toMatchObject({ notes: 'by token' });
    // No token makes another one, whatever it is for.
    const body = { name: 'more', scopes: ['read' as const] };
    await expect(operator.call('createToken', { body })).rejects.toMatchObject({
      problem: { status: 403 },
    });
    // Nobody makes a token that reaches further than they do themselves.
    const ruling = await as({ cookie })('POST', '/tokens', { name: 'more', scopes: ['admin'] });
    expect(ruling).toMatchObject({ status: 422, body: { errors: [{ path: 'scopes' }] } });
    expect((await as({ cookie })('DELETE', `/tokens/${reading.id}`)).status).toBe(204);
    await expect(reader.call('listVms', {})).rejects.toMatchObject({ problem: { status: 401 } });
    const { body: list } = await as({ cookie })('GET', '/tokens');
    expect(JSON.stringify(list)).not.toContain(operating.token);
  });

  it('changes a role, a password and a session at once, not at the next sign-in', async () => {
    const { id } = await makeUser('ada', 'operator');
    const cookie = await signIn('ada');
    const ada = as({ cookie });
    const operate = () => ada('PATCH', `/vms/${vmId}`, { notes: 'ada' });
    expect((await operate()).status).toBe(200);
    await console.request('PATCH', `/users/${id}`, { role: 'viewer' });
    // A change of role ends what was open, or takes the right away.
    expect([401, 403]).toContain((await operate()).status);
    const second = await signIn('ada');
    expect((await as({ cookie: second })('PATCH', `/vms/${vmId}`, { notes: 'a' })).status).toBe(
      403,
    );
    await console.request('PUT', `/users/${id}/password`, { password: `${PASSWORD} 2` });
    expect((await as({ cookie: second })('GET', '/vms')).status).toBe(401);
    const third = await signIn('ada', `${PASSWORD} 2`);
    const { body } = await as({ cookie: third })('GET', '/sessions');
    const own = openSessionListSchema.parse(body).items.find(({ current }) => current);
    expect((await as({ cookie: third })('DELETE', `/sessions/${own?.id}`)).status).toBe(204);
    expect((await as({ cookie: third })('GET', '/vms')).status).toBe(401);
    const fourth = await signIn('ada', `${PASSWORD} 2`);
    await console.request('PATCH', `/users/${id}`, { disabled: true });
    expect((await as({ cookie: fourth })('GET', '/vms')).status).toBe(401);
    expect((await console.request('DELETE', `/users/${id}`)).status).toBe(204);
    expect((await console.request('GET', `/users/${id}`)).status).toBe(404);
  });

  it('keeps its last administrator', async () => {
    const { body } = await console.request('GET', '/users');
    const { items } = body as { items: readonly Account[] };
    for (const { id, name } of items.filter(
      ({ role, name }) => role === 'admin' && name !== ADMIN.name,
    )) {
      expect([name, (await console.request('DELETE', `/users/${id}`)).status]).toEqual([name, 204]);
    }
    const last = items.find(({ name }) => name === ADMIN.name)?.id;
    const change = await console.request('PATCH', `/users/${last}`, { role: 'viewer' });
    expect(change.status).toBe(409);
    expect((await console.request('DELETE', `/users/${last}`)).status).toBe(409);
    expect((await console.request('GET', '/users')).status).toBe(200);
  });

  it('keeps settings for who knows what is there, and refuses a wrong one by its place', async () => {
    const { body, headers } = await console.request('GET', '/settings');
    const { settings } = body as { settings: { retention: object } };
    const etag = { 'if-match': headers.get('etag') ?? '' };
    const retention = { ...settings.retention, taskDays: 7 };
    const put = (value: unknown, ifMatch = {}) =>
      console.request('PUT', '/settings', value, ifMatch);
    const changed = await put({ ...settings, retention }, etag);
    expect(changed).toMatchObject({
      status: 200,
      body: { settings: { retention: { taskDays: 7 } } },
    });
    expect((await put(settings, etag)).status).toBe(412);
    expect(await put({ ...settings, retention: { ...retention, taskDays: 0 } })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'retention.taskDays' }] },
    });
    expect(await console.request('GET', '/settings')).toMatchObject({
      body: { settings: { retention: { taskDays: 7 } } },
    });
  });

  it('writes down who did what, by pages and as a file', async () => {
    const refused = await console.request('GET', '/audit?outcome=refused&action=vm.change');
    const { items } = refused.body as { items: { userName: string; resourceId: string }[] };
    expect(items.map(({ userName }) => userName)).toEqual(
      expect.arrayContaining(['viewer', 'operator', 'ada', '']),
    );
    expect(new Set(items.map(({ resourceId }) => resourceId))).toEqual(new Set([vmId]));

    const paged: number[] = [];
    let cursor: string | null = null;
    do {
      const at: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await console.request('GET', `/audit?limit=7${at}`);
      const page = body as { items: { id: number }[]; nextCursor: string | null };
      expect(page.items.length).toBeLessThanOrEqual(7);
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    const exported = await console.request('GET', '/audit/export');
    const lines = String(exported.body).trimEnd().split('\n');
    const entries = lines.map((line) => auditEntrySchema.parse(JSON.parse(line)));
    // Oldest first; the list was newest first.
    expect(entries.map(({ id }) => id)).toEqual(paged.reverse());
    expect(lines.join('\n')).not.toContain(PASSWORD);
  });

  it('knows its people and what they did after a SIGKILL', async () => {
    const cookie = await signIn('viewer');
    const users = await console.request('GET', '/users');
    await console.kill();
    await console.launch();
    expect((await console.request('GET', '/users')).body).toEqual(users.body);
    expect((await as({ cookie, origin: console.address })('GET', '/vms')).status).toBe(200);
  });

  it('slows down who guesses, and says for how long', async () => {
    const guess = () => nobody('POST', '/session', { name: 'viewer', password: 'guessed' });
    let last = await guess();
    for (let tries = 0; last.status === 401 && tries < 20; tries += 1) last = await guess();
    expect(last).toMatchObject({ status: 429, body: { code: 'too-many-tries' } });
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
