import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { roleSchema } from '../api/session';
import type { Scope } from '../api/tokens';
import type { Database } from '../database/opened-database';
import { openTestDatabase, type TestDatabase } from '../database/testing/test-database';
import { isProblemError } from '../problems/problem-error';
import { problemOf } from '../testing/problems';
import { authorise, checkScopes, may } from './authorise';
import { FirstRunService } from './first-run';
import type { Principal } from './principal';
import { MOST_KEYS, RateLimiter } from './rate-limiter';
import { Revocations } from './revocations';
import { SESSION_IDLE_MS, SESSION_MAX_MS } from './session-limits';
import { SessionService } from './session-service';
import { SignInService } from './sign-in';
import { UserStore } from './user-store';

let opened: TestDatabase;
let database: Database;
let users: UserStore;
let firstRun: FirstRunService;

beforeEach(async () => {
  opened = await openTestDatabase();
  ({ database } = opened);
  users = new UserStore(database);
  firstRun = new FirstRunService(users);
});

afterEach(async () => {
  await opened.close();
});

const PASSWORD = 'correct horse battery';

async function redeem(token: string, name = 'admin') {
  return firstRun.redeem({ token, name, password: PASSWORD });
}

async function firstAdmin() {
  return redeem((await firstRun.issueToken()) ?? '');
}

describe('the one-time link', () => {
  it('makes the first administrator, once', async () => {
    const token = (await firstRun.issueToken()) ?? '';
    expect(await redeem(token)).toMatchObject({ name: 'admin', role: 'admin' });
    expect(await problemOf(redeem(token))).toMatchObject({ status: 409, code: 'first-run-done' });
    expect(await firstRun.issueToken()).toBeUndefined();
    expect(await firstRun.isOpen()).toBe(false);
  });

  it('is refused with another token', async () => {
    expect((await problemOf(redeem('guess'))).code).toBe('wrong-first-run-token');
    await firstRun.issueToken();
    expect((await problemOf(redeem('guess'))).code).toBe('wrong-first-run-token');
  });

  it('is void once a newer one was printed', async () => {
    const old = (await firstRun.issueToken()) ?? '';
    const token = (await firstRun.issueToken()) ?? '';
    expect((await problemOf(redeem(old))).code).toBe('wrong-first-run-token');
    await redeem(token);
  });

  it('lets one of two who use it at once win', async () => {
    const token = (await firstRun.issueToken()) ?? '';
    const results = await Promise.allSettled([redeem(token, 'first'), redeem(token, 'second')]);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await database.user.count()).toBe(1);
  });
});

describe('sign-in', () => {
  let now = 0;
  let signIn: SignInService;

  beforeEach(async () => {
    now = 1_000_000;
    signIn = new SignInService(users, () => now);
    await firstAdmin();
  });

  const attempt = (password: string, address = 'a', name = 'admin') =>
    signIn.check({ name, password }, address);

  it('takes the right password, whatever the case of the name', async () => {
    expect(await attempt(PASSWORD, 'a', 'ADMIN')).toMatchObject({ user: { name: 'admin' } });
  });

  it('tells no difference between a wrong password and an unknown name', async () => {
    const wrong = await problemOf(attempt('wrong'));
    expect(await problemOf(attempt('wrong', 'a', 'nobody'))).toEqual(wrong);
    expect(wrong).toMatchObject({ status: 401, code: 'wrong-password' });
  });

  it('slows guessing down, and says for how long', async () => {
    for (let i = 0; i < 5; i += 1) await problemOf(attempt('wrong'));
    let headers: Readonly<Record<string, string>> = {};
    const refused = attempt(PASSWORD).catch((error: unknown) => {
      if (isProblemError(error)) headers = error.headers;
      throw error;
    });
    expect(await problemOf(refused)).toMatchObject({ status: 429, code: 'too-many-tries' });
    expect(headers['retry-after']).toBe('30');
    // Somebody else, from elsewhere, is not held up.
    await attempt(PASSWORD, 'b');
    now += 30_000;
    await attempt(PASSWORD);
  });

  it('lets nobody lock a name for others by trying on when it is slowed down', async () => {
    for (let i = 0; i < 200; i += 1) await problemOf(attempt('wrong', '6.6.6.6'));
    await attempt(PASSWORD, 'b');
  });

  it('takes a network of IPv6 addresses for one', async () => {
    const codes: string[] = [];
    for (let i = 0; i < 6; i += 1) {
      codes.push((await problemOf(attempt('wrong', `2001:db8::${i}`))).code);
    }
    expect(codes.at(-1)).toBe('too-many-tries');
  });

  it('lets in who has been here before, while others try their name from everywhere', async () => {
    // Fifty passwords that are really hashed would take seconds.
    signIn = new SignInService(
      users,
      () => now,
      async (_hash, password) => password === PASSWORD,
    );
    await attempt(PASSWORD, 'home');
    for (let i = 0; i < 50; i += 1) await problemOf(attempt('wrong', `192.0.2.${i}`));
    expect((await problemOf(attempt(PASSWORD, 'elsewhere'))).code).toBe('too-many-tries');
    await attempt(PASSWORD, 'home');
  });

  it('counts tries made at the same time', async () => {
    const tries = Array.from({ length: 8 }, () => problemOf(attempt('wrong')));
    const codes = (await Promise.all(tries)).map((problem) => problem.code);
    expect(codes.filter((code) => code === 'wrong-password')).toHaveLength(5);
  });
});

describe('a session', () => {
  let now = 0;
  let sessions: SessionService;
  let revocations: Revocations;

  beforeEach(() => {
    now = Date.parse('2026-01-01T00:00:00Z');
    revocations = new Revocations();
    sessions = new SessionService(database, revocations, () => now);
  });

  it('is found by its token, which is not kept', async () => {
    const token = await sessions.open(await firstAdmin());
    expect((await sessions.find(token))?.user.name).toBe('admin');
    expect(JSON.stringify(await database.session.findMany())).not.toContain(token);
    expect(await sessions.find(`${token}x`)).toBeNull();
    expect(await sessions.find(undefined)).toBeNull();
  });

  it('lives on while it is used, up to a limit', async () => {
    const token = await sessions.open(await firstAdmin());
    const end = now + SESSION_MAX_MS;
    while (now + SESSION_IDLE_MS - 1 < end) {
      now += SESSION_IDLE_MS - 1;
      expect(await sessions.find(token)).not.toBeNull();
    }
    now = end;
    expect(await sessions.find(token)).toBeNull();
  });

  it('ends when it is not used', async () => {
    const token = await sessions.open(await firstAdmin());
    now += SESSION_IDLE_MS;
    expect(await sessions.find(token)).toBeNull();
  });

  it('can be revoked, and whoever streams by it is told', async () => {
    const token = await sessions.open(await firstAdmin());
    const revoked: string[] = [];
    revocations.listen((id) => revoked.push(id));
    const id = (await sessions.find(token))?.grantId ?? '';
    await sessions.revoke(id);
    expect(await sessions.find(token)).toBeNull();
    expect(revoked).toEqual([id]);
  });
});

describe('the rate limiter', () => {
  it('refills slowly and never beyond its burst', () => {
    let now = 0;
    const limiter = new RateLimiter({ burst: 2, refillMs: 1000 }, () => now);
    expect([limiter.take('a'), limiter.take('a'), limiter.take('a')]).toEqual([0, 0, 1000]);
    expect(limiter.take('b')).toBe(0);
    now = 250;
    expect(limiter.take('a')).toBe(750);
    now = 1_000_000;
    expect([limiter.take('a'), limiter.take('a')]).toEqual([0, 0]);
    expect(limiter.take('a')).toBeGreaterThan(0);
    limiter.giveBack('a');
    expect(limiter.take('a')).toBe(0);
  });
});

describe('the rate limiter, tried by very many', () => {
  it('forgets those whose last try is longest ago, and keeps the newest', () => {
    const limiter = new RateLimiter({ burst: 1, refillMs: 1000 }, () => 0);
    for (let i = 0; i < MOST_KEYS + 5; i += 1) limiter.take(`key ${i}`);
    expect(limiter.size).toBe(MOST_KEYS);
    expect(limiter.take('key 0')).toBe(0);
    expect(limiter.take(`key ${MOST_KEYS}`)).toBe(1000);
  });
});

describe('authorisation', () => {
  const user = (role: string): Principal => ({
    user: { id: 'u', name: 'u', role: roleSchema.parse(role) },
    via: 'session',
    grantId: 's',
  });
  const token = (role: string, ...scopes: Scope[]): Principal => ({
    ...user(role),
    via: 'token',
    scopes,
  });
  const vm = { kind: 'vm', id: 'v' } as const;

  it('lets viewers see, operators run, administrators all', () => {
    expect(may(user('viewer'), 'vm.read', vm)).toBe(true);
    expect(may(user('viewer'), 'vm.console.write', vm)).toBe(false);
    expect(may(user('operator'), 'vm.operate', vm)).toBe(true);
    expect(may(user('admin'), 'vm.delete', vm)).toBe(true);
  });

  it('lets a token do what both its scopes and its user may', () => {
    expect(may(token('admin', 'read'), 'vm.read', vm)).toBe(true);
    expect(may(token('admin', 'read'), 'vm.operate', vm)).toBe(false);
    expect(may(token('viewer', 'admin'), 'vm.operate', vm)).toBe(false);
    expect(may(token('viewer', 'metrics'), 'metrics.scrape', vm)).toBe(true);
    expect(may(token('admin', 'metrics'), 'vm.read', vm)).toBe(false);
    expect(may(token('admin', 'admin'), 'setting.write', vm)).toBe(true);
    expect(may(token('admin', 'admin'), 'user.write', vm)).toBe(false);
    expect(may(token('admin', 'admin'), 'account.change', vm)).toBe(false);
  });

  it('lets tokens be made for what their maker may, and for no more', async () => {
    const ask = async (role: string, ...scopes: Scope[]) => checkScopes(user(role), scopes);
    await ask('viewer', 'read', 'metrics');
    await ask('operator', 'operate');
    await ask('admin', 'read', 'operate', 'admin', 'metrics');
    for (const [role, scope] of [
      ['viewer', 'operate'],
      ['viewer', 'admin'],
      ['operator', 'admin'],
    ] as const) {
      const refused = await problemOf(ask(role, 'read', scope));
      expect(refused).toMatchObject({ status: 422, errors: [{ path: 'scopes' }] });
    }
  });

  it('tells who has not signed in from who may not', async () => {
    const ask = async (who: Parameters<typeof authorise>[0]) => authorise(who, 'vm.operate', vm);
    expect((await problemOf(ask(null))).status).toBe(401);
    expect(await problemOf(ask(user('viewer')))).toMatchObject({
      status: 403,
      detail: 'Your role does not let you operate machines.',
    });
  });
});
