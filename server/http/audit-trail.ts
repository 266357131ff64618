import type { NewAuditEntry } from '../audit/audit-store';
import { isProblemError } from '../problems/problem-error';
import type { Action, Resource } from '../users/authorise';
import type { Principal } from '../users/principal';

/** Actions of people who are not signed in yet, beside those that are authorised. */
export type AuditedAction = Action | 'session.open' | 'session.close' | 'first-run';

const REFUSALS: ReadonlySet<number> = new Set([401, 403, 429]);

/** What one request does, gathered while it is answered. */
export class AuditTrail {
  private action: AuditedAction | undefined;
  private resource: Resource | undefined;
  private resourceName = '';
  private isQuiet = false;
  private user: { readonly id: string; readonly name: string } | undefined;

  constructor(
    private readonly principal: Principal | null,
    private readonly address: string,
  ) {}

  does(action: AuditedAction, resource: Resource, resourceName = ''): void {
    this.action = action;
    this.resource = resource;
    this.resourceName = resourceName;
  }

  /** One of many steps of one thing, of which the others tell: noted only when it goes wrong. */
  isStep(): void {
    this.isQuiet = true;
  }

  /** Who is at it, where no session tells. */
  by(name: string, id = ''): void {
    this.user = { id, name };
  }

  /** @returns undefined for a request that came to nothing that has a name */
  entry(error: unknown): NewAuditEntry | undefined {
    const { action, resource, principal } = this;
    if (action === undefined || (this.isQuiet && error === undefined)) return undefined;
    const user = principal?.user ?? this.user ?? { id: '', name: '' };
    return {
      at: new Date(),
      userId: user.id,
      userName: user.name,
      via: principal?.via ?? 'none',
      address: this.address,
      action,
      resourceKind: resource?.kind ?? 'console',
      resourceId: resource !== undefined && 'id' in resource ? resource.id : '',
      resourceName: this.resourceName,
      ...outcomeOf(error),
    };
  }
}

function outcomeOf(error: unknown): Pick<NewAuditEntry, 'outcome' | 'code'> {
  if (error === undefined) return { outcome: 'ok', code: null };
  if (!isProblemError(error)) return { outcome: 'failed', code: 'internal' };
  const { status, code } = error.problem;
  return { outcome: REFUSALS.has(status) ? 'refused' : 'failed', code };
}
