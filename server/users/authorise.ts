import type { Role, User } from '../api/session';
import { forbidden, signInNeeded } from '../problems/problems';

/** What may be done, and what it is called in "Your role does not let you …". */
const ACTIONS = {
  'host.read': 'see the host',
  'events.read': 'follow events',
  'image.read': 'see images',
  'image.build': 'build images',
  'vm.read': 'see machines',
  'vm.create': 'create machines',
  'vm.operate': 'operate machines',
  'vm.delete': 'delete machines',
  'vm.console.read': 'watch consoles',
  'vm.console.write': 'type into consoles',
} as const;
export type Action = keyof typeof ACTIONS;

/** The thing an action is meant for; grants for single machines will need it. */
export type Resource =
  | { readonly kind: 'console' }
  | { readonly kind: 'image'; readonly id: string }
  | { readonly kind: 'vm'; readonly id: string };

const VIEWER: readonly Action[] = [
  'host.read',
  'events.read',
  'image.read',
  'vm.read',
  'vm.console.read',
];
const OPERATOR: readonly Action[] = [
  ...VIEWER,
  'image.build',
  'vm.create',
  'vm.operate',
  'vm.delete',
  'vm.console.write',
];

const BY_ROLE: Readonly<Record<Role, ReadonlySet<Action>>> = {
  viewer: new Set(VIEWER),
  operator: new Set(OPERATOR),
  admin: new Set(Object.keys(ACTIONS) as Action[]),
};

/** The one place that decides. */
export function may(user: User, action: Action, _resource: Resource): boolean {
  return BY_ROLE[user.role].has(action);
}

/**
 * @returns the user, now known to be there and allowed
 * @throws ProblemError 401 without a user, 403 when the role is not enough
 */
export function authorise(user: User | null, action: Action, resource: Resource): User {
  if (user === null) throw signInNeeded();
  if (!may(user, action, resource)) throw forbidden(ACTIONS[action]);
  return user;
}
