import { SCOPES_BY_ROLE } from '../api/scopes';
import type { Role } from '../api/session';
import type { Scope } from '../api/tokens';
import { forbidden, invalid, outOfScope, signInNeeded } from '../problems/problems';
import type { Principal } from './principal';

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
  | { readonly kind: 'session'; readonly id: string }
  | { readonly kind: 'token'; readonly id: string }
  | { readonly kind: 'vm'; readonly id: string };

const VIEWER: readonly Action[] = [
  'host.read',
  'events.read',
  'metrics.scrape',
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

const BY_SCOPE: Readonly<Record<Scope, ReadonlySet<Action>>> = {
  read: new Set(VIEWER),
  operate: new Set(OPERATOR),
  admin: new Set(Object.keys(ACTIONS) as Action[]),
  metrics: new Set<Action>(['metrics.scrape']),
};

/** Not by token: a token that is lost must not be good for another one, or for a password. */
const BY_PERSON_ONLY: ReadonlySet<Action> = new Set<Action>(['account.change', 'user.write']);

/** The one place that decides. */
export function may(who: Principal, action: Action, _resource: Resource): boolean {
  return BY_ROLE[who.user.role].has(action) && inScope(who, action);
}

function inScope({ scopes }: Principal, action: Action): boolean {
  if (scopes === undefined) return true;
  return !BY_PERSON_ONLY.has(action) && scopes.some((scope) => BY_SCOPE[scope].has(action));
}

/**
 * Of what is open to everybody, signing in is not for tokens: they are good for what they are good for.
 * @param what as in "This token is not made to …"
 * @throws ProblemError 403 for a token
 */
export function refuseToken(who: Principal | null, what: string): void {
  if (who?.via === 'token') throw outOfScope(what);
}

/**
 * @returns who asks, now known to be there and allowed
 * @throws ProblemError 401 without anybody, 403 when role or scopes are not enough
 */
export function authorise(who: Principal | null, action: Action, resource: Resource): Principal {
  if (who === null) throw signInNeeded();
  if (may(who, action, resource)) return who;
  throw BY_ROLE[who.user.role].has(action)
    ? outOfScope(ACTIONS[action])
    : forbidden(ACTIONS[action]);
}

/**
 * Whether a token may be made for these scopes.
 * @throws ProblemError 422 when one of them lets more than its maker may
 */
export function checkScopes({ user }: Principal, scopes: readonly Scope[]): void {
  if (scopes.every((scope) => SCOPES_BY_ROLE[user.role].includes(scope))) return;
  throw invalid([{ path: 'scopes', message: 'Your role does not reach so far.' }]);
}
