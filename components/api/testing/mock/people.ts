import type { Account } from '@/server/api/users';
import { answer, type Handlers, NOTHING } from './contract';
import { conflict, nameTaken, Refusal } from './refusal';
import type { World } from './world';

/** Who may sign in, and who has. */
export function peopleHandlers(world: World) {
  const add = (account: Pick<Account, 'name' | 'role'>, password: string): Account => {
    if (world.users.all.some(isNameOf(account.name))) {
      throw nameTaken('user', account.name, '; names differ by more than case');
    }
    const id = world.newId('user');
    world.passwords.set(id, password);
    const never = { disabledAt: null, lastSignInAt: null };
    return world.users.put({ id, ...account, createdAt: world.now(), ...never });
  };
  const checkNotLast = ({ id, name }: Account): void => {
    if (world.users.all.some((other) => other.id !== id && isAdministrator(other))) return;
    throw conflict(
      'last-administrator',
      'The last administrator',
      `Without "${name}" nobody could administer this console.`,
      'Make another user an administrator first.',
    );
  };

  return {
    getSession: () =>
      answer(200, { user: world.user, firstRun: world.firstRunToken !== undefined }),

    signIn: ({ body: { name, password } }) => {
      const account = world.users.all.find(isNameOf(name));
      const isRight = account !== undefined && world.passwords.get(account.id) === password;
      if (!isRight || account.disabledAt !== null) throw wrongPassword();
      const { id, role } = world.users.change(account.id, { lastSignInAt: world.now() });
      return answer(200, {
        user: world.openSession({ id, name: account.name, role }),
        firstRun: false,
      });
    },

    signOut: () => {
      world.endOwnSession();
      return NOTHING;
    },

    firstRun: ({ body: { token, name, password } }) => {
      if (world.firstRunToken === undefined) {
        throw conflict(
          'first-run-done',
          'Already set up',
          'The first administrator exists already.',
          'Sign in with that name.',
        );
      }
      if (token !== world.firstRunToken) throw wrongToken();
      const { id, role } = add({ name, role: 'admin' }, password);
      world.firstRunToken = undefined;
      return answer(201, { user: world.openSession({ id, name, role }), firstRun: false });
    },

    listUsers: () => answer(200, { items: world.users.all }),
    getUser: ({ id }) => answer(200, world.users.get(id)),
    createUser: ({ body: { name, role, password } }) => answer(201, add({ name, role }, password)),

    changeUser: ({ id, body: { role, disabled } }) => {
      const before = world.users.get(id);
      const disabledAt = disabled === undefined ? before.disabledAt : disabled ? world.now() : null;
      const after: Account = { ...before, role: role ?? before.role, disabledAt };
      if (isAdministrator(before) && !isAdministrator(after)) checkNotLast(before);
      return answer(200, world.users.put(after));
    },

    deleteUser: ({ id }) => {
      const account = world.users.get(id);
      if (isAdministrator(account)) checkNotLast(account);
      world.users.remove(id);
      return NOTHING;
    },

    setPassword: ({ id, body: { oldPassword, password } }) => {
      world.users.get(id);
      const isOwn = world.me().id === id;
      if (isOwn && world.passwords.get(id) !== oldPassword) throw wrongOldPassword();
      world.passwords.set(id, password);
      return NOTHING;
    },
  } satisfies Partial<Handlers>;
}

/** Of people alone, names that differ by case are the same. */
function isNameOf(name: string): (account: Account) => boolean {
  return (account) => account.name.toLowerCase() === name.toLowerCase();
}

function isAdministrator({ role, disabledAt }: Account): boolean {
  return role === 'admin' && disabledAt === null;
}

function wrongPassword(): Refusal {
  return new Refusal({
    status: 401,
    code: 'wrong-password',
    title: 'Sign-in failed',
    detail: 'Name and password do not match.',
    hint: 'Check both and try again.',
  });
}

function wrongToken(): Refusal {
  return new Refusal({
    status: 403,
    code: 'wrong-first-run-token',
    title: 'The link is not valid',
    detail: 'This one-time link is not the one the console printed last.',
    hint: 'Use the link printed when the console started. A restart prints a new one.',
  });
}

function wrongOldPassword(): Refusal {
  return new Refusal({
    status: 403,
    code: 'wrong-old-password',
    title: 'The old password is wrong',
    detail: 'To change your password you have to give the one you have now.',
    hint: 'Give it in `oldPassword`. If it is lost, ask an administrator to set another one.',
    errors: [{ path: 'oldPassword', message: 'This is not your password.' }],
  });
}
