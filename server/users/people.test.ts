import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Account } from '../api/users';
import { openTestDatabase, type TestDatabase } from '../database/testing/test-database';
import { problemOf } from '../testing/problems';
import type { Principal } from './principal';
import { Revocations } from './revocations';
import { SessionService } from './session-service';
import { SignInService } from './sign-in';
import { TokenService } from './token-service';
import { UserService } from './user-service';
import { UserStore } from './user-store';

const PASSWORD = 'correct horse battery';
const HOUR_MS = 3_600_000;

let opened: TestDatabase;
let now: number;
let revoked: string[];
let sessions: SessionService;
let tokens: TokenService;
let store: UserStore;
let users: UserService;
let admin: Account;

beforeEach(async () => {
  opened = await openTestDatabase();
  now = Date.parse('2026-01-01T00:00:00Z');
  const revocations = new Revocations();
  revoked = [];
  revocations.listen((id) => revoked.push(id));
  sessions = new SessionService(opened.database, revocations, () => now);
  tokens = new TokenService(opened.database, revocations, () => now);
  store = new UserStore(opened.database);
  users = new UserService(store, sessions, tokens);
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
    expect((await signedIn).id).toBe(ada.id);
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
    expect(await tokens.ownerOf(id)).toBe(admin.id);
    await tokens.revoke(id);
    expect(await tokens.find(token)).toBeNull();
    expect(revoked).toEqual([id]);
    expect((await problemOf(tokens.ownerOf(id))).status).toBe(404);
  });
});
