import type { Role } from '@/server/api/session';
import type { Scope } from '@/server/api/tokens';
import type { TextKey } from '../i18n/catalogue';

export const SCOPE_WORDS = {
  read: 'settings.scopeRead',
  operate: 'settings.scopeOperate',
  admin: 'settings.scopeAdmin',
  metrics: 'settings.scopeMetrics',
} as const satisfies Record<Scope, TextKey>;

export const ROLE_WORDS = {
  viewer: 'session.roleViewer',
  operator: 'session.roleOperator',
  admin: 'session.roleAdmin',
} as const satisfies Record<Role, TextKey>;

/** In the order of what they may. */
export const ROLES: readonly Role[] = ['viewer', 'operator', 'admin'];
