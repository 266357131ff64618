import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findOperation } from '@/server/api/operations/find-operation';
import type { Method, Needs, Operation } from '@/server/api/operations/operation';
import { operations } from '@/server/api/operations/operations';
import type { Role, User } from '@/server/api/session';
import type { Scope } from '@/server/api/tokens';
import { SESSION_COOKIE } from '@/server/http/cookies';
import { provideServices } from '@/server/registry';
import { openTestConsole, type TestConsole } from '@/server/testing/test-console';

type Handler = (request: Request, context: { params: Promise<object> }) => Promise<Response>;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const satisfies Method[];

/** What each operation needs, by route and method. A method of a route that is missing fails a test. */
const TABLE: Record<string, Partial<Record<Method, Needs>>> = {};
for (const { path, method, needs } of Object.values<Operation>(operations)) {
  const route = path.slice(1).replaceAll('{', '[').replaceAll('}', ']');
  TABLE[route] = { ...TABLE[route], [method]: needs };
}

const ROLES: readonly Role[] = ['viewer', 'operator', 'admin'];
const SCOPES: readonly Scope[] = ['read', 'operate', 'admin', 'metrics'];
const HOST = 'console.test';

const routes = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('route.ts'))
  .map((file) => dirname(relative(import.meta.dirname, join(import.meta.dirname, file))))
  .sort();

let test: TestConsole;
const users = new Map<Role, User>();

beforeAll(async () => {
  test = await openTestConsole();
  provideServices(test.services);
  for (const role of ROLES) {
    users.set(
      role,
      await test.services.users.create({ name: role, role, password: 'x'.repeat(12) }),
    );
  }
});
// A user may have so many tokens and no more.
afterEach(() =>
  Promise.all([...users.values()].map(({ id }) => test.services.tokens.revokeAll(id))),
);
afterAll(() => test.close());

async function cookieOf(role: Role): Promise<Record<string, string>> {
  const token = await test.services.sessions.open(users.get(role) as User);
  return { cookie: `${SESSION_COOKIE}=${token}` };
}

async function tokenOf(
  role: Role,
  scope: Scope,
  lifeSeconds = 3600,
): Promise<Record<string, string>> {
  const { id } = users.get(role) as User;
  const made = { name: scope, scopes: [scope], lifeSeconds };
  const { token } = await test.services.tokens.create(id, made);
  return { authorization: `Bearer ${token}` };
}

async function ask(path: string, method: Method, headers: Record<string, string>) {
  const module = (await import(
    /* @vite-ignore */ join(import.meta.dirname, path, 'route.ts')
  )) as Record<Method, Handler>;
  const abort = new AbortController();
  const request = new Request(`http://${HOST}/api/v1/${path.replace('[id]', 'nobody')}`, {
    method,
    headers: { host: HOST, ...headers },
    signal: abort.signal,
  });
  const response = await module[method](request, { params: Promise.resolve({ id: 'nobody' }) });
  abort.abort();
  await response.body?.cancel().catch(() => {});
  // Whoever is let in may have asked for nonsense; the console does not fail over it.
  expect(response.status).toBeLessThan(500);
  return response.status;
}

const isRefused = (status: number): boolean => status === 401 || status === 403;
const atLeast = (role: Role, least: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(least);

describe('the table', () => {
  it('holds every route', () => expect(Object.keys(TABLE).sort()).toEqual(routes));

  it.each(routes)('holds every method of %s', async (path) => {
    const headers = await cookieOf('admin');
    const there: Method[] = [];
    for (const method of METHODS) {
      if ((await ask(path, method, headers)) !== 405) there.push(method);
    }
    expect(Object.keys(TABLE[path] ?? {}).sort()).toEqual(there.sort());
  });
});

const rows = Object.entries(TABLE).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, needs]) => [method as Method, path, needs] as const),
);

describe.each(rows)('%s %s', (method, path, needs) => {
  it('answers nobody as it should', async () => {
    const status = await ask(path, method, {});
    if (needs === 'open') expect(status).not.toBe(405);
    else expect(status).toBe(401);
  });

  if (needs !== 'open') {
    it.each(ROLES)('answers the role %s as it should', async (role) => {
      const status = await ask(path, method, await cookieOf(role));
      const isAllowed = atLeast(role, needs.role);
      expect(isRefused(status)).toBe(!isAllowed);
      if (!isAllowed) expect(status).toBe(403);
    });

    it.each(SCOPES)('answers a token for %s as it should', async (scope) => {
      const isAllowed = needs.scopes.includes(scope);
      expect(isRefused(await ask(path, method, await tokenOf('admin', scope)))).toBe(!isAllowed);
      // A token never does more than its user may.
      const byViewer = isAllowed && needs.role === 'viewer';
      expect(isRefused(await ask(path, method, await tokenOf('viewer', scope)))).toBe(!byViewer);
    });
  }

  if (method !== 'GET' && needs !== 'open') {
    it('is in the audit log, whatever comes of it', async () => {
      await ask(path, method, await cookieOf('admin'));
      const [newest] = await test.services.audit.list({}, 1);
      const route = `/api/v1/${path.replace('[id]', 'nobody')}`;
      expect(newest).toMatchObject({ userName: 'admin', operation: findOperation(method, route) });
      expect(newest?.operation).not.toBe('');
    });
  }

  it('refuses a token that is no good', async () => {
    const { authorization: revoked = '' } = await tokenOf('admin', 'admin');
    await test.services.tokens.revokeAll((users.get('admin') as User).id);
    const { authorization: expired = '' } = await tokenOf('admin', 'admin', -1);
    for (const authorization of [revoked, expired, 'Bearer', 'bearer two words', 'Bearer guess']) {
      // A good cookie beside it does not help.
      const headers = { authorization, ...(await cookieOf('admin')) };
      expect(await ask(path, method, headers)).toBe(401);
    }
  });

  if (method !== 'GET') {
    it('refuses a page of another site', async () => {
      const headers = { ...(await cookieOf('admin')), origin: 'https://evil.example' };
      expect(await ask(path, method, headers)).toBe(403);
    });
  }
});
