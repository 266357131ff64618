import type { Role } from './session';
import type { Scope } from './tokens';

/**
 * What a user of a role may make tokens for: nobody makes one that waits for a better role. Apart
 * from the schemas, so that the page need not load them.
 */
export const SCOPES_BY_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: ['read', 'metrics'],
  operator: ['read', 'operate', 'metrics'],
  admin: ['read', 'operate', 'admin', 'metrics'],
};
