import type { Role, User } from '../api/session';
import { forbidden, signInNeeded } from '../problems/problems';

/** What may be done, and what it is called in "Your role does not let you …". */
const ACTIONS = {
  'host.read': 'see the host',
  'events.read': 'follow events',
  'metrics.scrape': 'read the figures of all machines',
  'image.read': 'see images',
  'image.build': 'build images',
  'image.create': 'add images',
  'image.change': 'change images',
  'image.delete': 'delete images',
  'disk.read': 'see disks',
  'disk.create': 'make disks',
  'disk.change': 'change disks',
  'disk.delete': 'delete disks',
  'task.read': 'see tasks',
  'task.cancel': 'cancel tasks',
  'recording.read': 'see recordings',
  'recording.write': 'record consoles',
  'vm.read': 'see machines',
  'vm.create': 'create machines',
  'vm.change': 'change machines',
  'vm.operate': 'operate machines',
  'vm.delete': 'delete machines',
  'vm.console.read': 'watch consoles',
  'vm.console.write': 'type into consoles',
  'account.read': 'see your account',
  'account.change': 'change your account',
  'user.read': 'see users',
  'user.write': 'change users',
  'audit.read': 'see the audit log',
  'setting.read': 'see the settings',
  'setting.write': 'change the settings',
} as const;
export type Action = keyof typeof ACTIONS;

/** The thing an action is meant for; grants for single machines will need it. */
export type Resource =
  | { readonly kind: 'console' }
  | { readonly kind: 'image'; readonly id: string }
  | { readonly kind: 'disk'; readonly id: string }
  | { readonly kind: 'upload'; readonly id: string }
  | { readonly kind: 'task'; readonly id: string }
  | { readonly kind: 'recording'; readonly id: string }
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'vm'; readonly id: string };

const VIEWER: readonly Action[] = [
  'host.read',
  'events.read',
  'image.read',
  'disk.read',
  'task.read',
  'recording.read',
  'vm.read',
  'vm.console.read',
  'account.read',
  'account.change',
];
const OPERATOR: readonly Action[] = [
  ...VIEWER,
  'image.build',
  'image.create',
  'image.change',
  'image.delete',
  'disk.create',
  'disk.change',
  'disk.delete',
  'task.cancel',
  'recording.write',
  'vm.create',
  'vm.change',
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
