import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Account } from '../api/users';
import { openTestDatabase, type TestDatabase } from '../database/testing/test-database';
import { silentLog } from '../log/log';
import { problemOf } from '../testing/problems';
import { GrantSweeper } from './grant-sweeper';
import type { Principal } from './principal';
import { Revocations } from './revocations';
import { SESSION_IDLE_MS } from './session-limits';
import { SessionService } from './session-service';
import { SignInService } from './sign-in';
import { TokenService } from './token-service';
import { UserService } from './user-service';
import { UserStore } from './user-store';

const PASSWORD = 'correct horse battery';
const HOUR_MS = 3_600_000;

let opened: TestDatabase;
let now: number;
let revocations: Revocations;
let revoked: string[];
let sessions: SessionService;
let tokens: TokenService;
let store: UserStore;
let users: UserService;
let admin: Account;

beforeEach(async () => {
  opened = await openTestDatabase();
  now = Date.parse('2026-01-01T00:00:00Z');
  revocations = new Revocations(() => now);
  revoked = [];
  revocations.listen((id) => revoked.push(id));
  sessions = new SessionService(opened.database, revocations, () => now);
  tokens = new TokenService(opened.database, revocations, () => now);
  store = new UserStore(opened.database);
  users = new UserService(store, revocations, () => now);
  admin = await users.create({ name: 'admin', role: 'admin', password: PASSWORD });
});
afterEach(() => opened.close());

const make = (name: string, role: Account['role'] = 'operator') =>
  users.create({ name, role, password: PASSWORD });
const client = { address: '192.0.2.7', userAgent: 'a browser' };

async function signIn(account: Account): Promise<{ token: string; principal: Principal }> {
  const token = await sessions.open(account, client);
  return { token, principal: (await sessions.find(token, client)) as Principal };
}

describe('users', () => {
  it('have names that differ by more than case', async () => {
    await make('Ada');
    expect(await problemOf(make('ada'))).toMatchObject({ status: 409, code: 'name-taken' });
    expect((await users.list()).map(({ name }) => name)).toEqual(['Ada', 'admin']);
  });

  it('who are disabled are out at once, sessions, tokens and streams', async () => {
    const ada = await make('ada');
    const { token, principal } = await signIn(ada);
    const made = await tokens.create(ada.id, { name: 't', scopes: ['read'], lifeSeconds: 3600 });
    await users.change(ada.id, { disabled: true });
    expect(await sessions.find(token)).toBeNull();
    expect(await tokens.find(made.token)).toBeNull();
    expect(revoked.sort()).toEqual([principal.grantId, made.id].sort());
    const again = new SignInService(store).check({ name: 'ada', password: PASSWORD }, 'here');
    expect((await problemOf(again)).code).toBe('wrong-password');
    await users.change(ada.id, { disabled: false });
    await new SignInService(store).check({ name: 'ada', password: PASSWORD }, 'here');
  });

  it('have another role from the next request on', async () => {
    const ada = await make('ada');
    const { token } = await signIn(ada);
    await users.change(ada.id, { role: 'viewer' });
    expect((await sessions.find(token))?.user.role).toBe('viewer');
  });

  it('get their open streams closed by another role, to open them with it', async () => {
    const ada = await make('ada');
    const { principal } = await signIn(ada);
    let closed = 0;
    revocations.watch(principal, () => (closed += 1));
    await users.change(ada.id, { role: 'operator' });
    expect(closed).toBe(0);
    await users.change(ada.id, { role: 'viewer' });
    expect(closed).toBe(1);
    // One that was let in as an operator, and opens its stream only now.
    revocations.watch(principal, () => (closed += 1));
    expect(closed).toBe(2);
    const anew = (await sessions.find((await signIn(ada)).token)) as Principal;
    revocations.watch(anew, () => (closed += 1));
    expect(closed).toBe(2);
  });

  it('who are deleted are out at once, sessions, tokens and streams', async () => {
    const ada = await make('ada');
    const { token, principal } = await signIn(ada);
    const made = await tokens.create(ada.id, { name: 't', scopes: ['read'], lifeSeconds: 3600 });
    await users.delete(ada.id);
    expect(await sessions.find(token)).toBeNull();
    expect(await tokens.find(made.token)).toBeNull();
    expect(revoked.sort()).toEqual([principal.grantId, made.id].sort());
    expect((await problemOf(users.get(ada.id))).status).toBe(404);
  });

  it('are not let in by a sign-in that was overtaken', async () => {
    const ada = await make('ada');
    const { user, passwordHash } = await new SignInService(store).check(
      { name: 'ada', password: PASSWORD },
      'here',
    );
    const enter = () => problemOf(sessions.open(user, client, passwordHash));
    const { principal } = await signIn(admin);
    await users.setPassword(principal, ada.id, { password: 'given by the admin' });
    expect((await enter()).code).toBe('sign-in-needed');
    await users.change(ada.id, { disabled: true });
    expect((await problemOf(sessions.open(user))).code).toBe('sign-in-needed');
    const token = tokens.create(ada.id, { name: 't', scopes: ['read'], lifeSeconds: 3600 });
    expect((await problemOf(token)).code).toBe('sign-in-needed');
    await users.delete(ada.id);
    expect((await problemOf(sessions.open(user))).code).toBe('sign-in-needed');
    expect(await opened.database.session.count({ where: { userId: ada.id } })).toBe(0);
  });

  it('always have an administrator among them', async () => {
    const wrongs = [
      users.change(admin.id, { role: 'viewer' }),
      users.change(admin.id, { disabled: true }),
      users.delete(admin.id),
    ];
    for (const wrong of wrongs) {
      expect(await problemOf(wrong)).toMatchObject({ status: 409, code: 'last-administrator' });
    }
    const second = await make('second', 'admin');
    const both = await Promise.allSettled([users.delete(admin.id), users.delete(second.id)]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((await users.list()).map(({ name }) => name)).toEqual(['second']);
  });

  it('change their own password when they know the old one, and stay signed in there only', async () => {
    const ada = await make('ada');
    const here = await signIn(ada);
    const there = await signIn(ada);
    const set = (oldPassword?: string) =>
      users.setPassword(here.principal, ada.id, {
        password: 'another good one',
        ...(oldPassword === undefined ? {} : { oldPassword }),
      });
    expect((await problemOf(set())).code).toBe('wrong-old-password');
    expect((await problemOf(set('guess'))).code).toBe('wrong-old-password');
    await set(PASSWORD);
    expect(await sessions.find(here.token)).not.toBeNull();
    expect(await sessions.find(there.token)).toBeNull();
    const signedIn = new SignInService(store).check(
      { name: 'ada', password: 'another good one' },
      'here',
    );
    expect((await signedIn).user.id).toBe(ada.id);
  });

  it('cannot find out an old password by trying', async () => {
    const ada = await make('ada');
    const { principal } = await signIn(ada);
    const set = (oldPassword: string) =>
      users.setPassword(principal, ada.id, { oldPassword, password: 'another good one' });
    for (let i = 0; i < 5; i += 1) await problemOf(set('guess'));
    expect(await problemOf(set(PASSWORD))).toMatchObject({ status: 429, code: 'too-many-tries' });
    now += 30_000;
    await set(PASSWORD);
  });

  it('get a new password from an administrator, and sign in anew', async () => {
    const ada = await make('ada');
    const { token } = await signIn(ada);
    const { principal } = await signIn(admin);
    await users.setPassword(principal, ada.id, { password: 'given by the admin' });
    expect(await sessions.find(token)).toBeNull();
  });
});

describe('sessions', () => {
  it('are listed with where they are used, and end one by one or all others at once', async () => {
    const here = await signIn(admin);
    const there = await signIn(admin);
    const third = await signIn(admin);
    const list = await sessions.list(admin.id, here.principal.grantId);
    expect(list).toHaveLength(3);
    expect(list.filter(({ current }) => current)).toMatchObject([
      { id: here.principal.grantId, address: '192.0.2.7', userAgent: 'a browser' },
    ]);
    await sessions.revoke(there.principal.grantId);
    await sessions.revokeOthers(admin.id, here.principal.grantId);
    expect(await sessions.find(third.token)).toBeNull();
    expect(await sessions.find(here.token)).not.toBeNull();
    expect(revoked).toEqual([there.principal.grantId, third.principal.grantId]);
  });
});

describe('a token', () => {
  const create = () =>
    tokens.create(admin.id, { name: 'ci', scopes: ['operate'], lifeSeconds: 3600 });

  it('is shown once, kept as a hash, and known by how it begins', async () => {
    const { token, prefix, id } = await create();
    expect(token.startsWith(prefix)).toBe(true);
    expect(JSON.stringify(await opened.database.apiToken.findMany())).not.toContain(token);
    expect(await tokens.find(token)).toMatchObject({
      via: 'token',
      grantId: id,
      scopes: ['operate'],
      user: { name: 'admin' },
    });
    expect(await tokens.find(`${token}x`)).toBeNull();
    expect((await tokens.list(admin.id))[0]).toMatchObject({ id, name: 'ci', prefix });
  });

  it('expires', async () => {
    const { token } = await create();
    now += HOUR_MS - 1;
    expect(await tokens.find(token)).not.toBeNull();
    now += 1;
    expect(await tokens.find(token)).toBeNull();
  });

  it('ends when it is revoked, and its streams with it', async () => {
    const { token, id } = await create();
    expect(await tokens.get(id)).toMatchObject({ userId: admin.id, name: 'ci' });
    await tokens.revoke(id);
    expect(await tokens.find(token)).toBeNull();
    expect(revoked).toEqual([id]);
    expect((await problemOf(tokens.get(id))).status).toBe(404);
  });

  it('is one of not too many', async () => {
    const row = { userId: admin.id, name: 't', prefix: 'vdk_', scopes: ['read'] };
    const at = { createdAt: new Date(now), expiresAt: new Date(now) };
    const data = Array.from({ length: 200 }, (_, i) => {
      return { ...row, ...at, id: `t${i}`, tokenHash: `h${i}` };
    });
    await opened.database.apiToken.createMany({ data });
    expect(await problemOf(create())).toMatchObject({ status: 409, code: 'too-many-tokens' });
    await tokens.revoke('t7');
    await create();
  });

  it('ends its streams when it expires, and a session too, but not those that go on', async () => {
    const token = (await tokens.find((await create()).token)) as Principal;
    const { principal } = await signIn(admin);
    const closed: string[] = [];
    const grants = [token, principal, { grantId: 'gone from the database' }];
    for (const who of grants) revocations.watch(who, () => closed.push(who.grantId));
    const sweeper = new GrantSweeper(opened.database, revocations, silentLog, () => now);
    await sweeper.sweep();
    expect(closed).toEqual(['gone from the database']);
    now += HOUR_MS;
    await sweeper.sweep();
    expect(closed).toEqual(['gone from the database', token.grantId]);
    expect(await sessions.find('guess')).toBeNull();
    now += SESSION_IDLE_MS;
    await sweeper.sweep();
    expect(closed.at(-1)).toBe(principal.grantId);
  });
});
