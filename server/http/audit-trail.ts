import { findOperation } from '../api/operations/find-operation';
import type { NewAuditEntry } from '../audit/audit-store';
import { isProblemError } from '../problems/problem-error';
import type { Action, Resource } from '../users/authorise';
import type { Principal } from '../users/principal';

/**
 * Actions of people who are not signed in yet, beside those that are authorised; and `request`, which
 * was refused before it came to a right: from a page of another site, or with a token that is no good.
 */
export type AuditedAction = Action | 'session.open' | 'session.close' | 'first-run' | 'request';

const REFUSALS: ReadonlySet<number> = new Set([401, 403, 429]);

interface Deed {
  readonly action: AuditedAction;
  readonly resource: Resource;
  readonly name: Promise<string>;
}

const NO_DEED: Deed = {
  action: 'request',
  resource: { kind: 'console' },
  name: Promise.resolve(''),
};

export interface AuditedRequest {
  readonly method: string;
  readonly path: string;
  /** Where it came from. */
  readonly address: string;
  /** What people call a resource: ids alone say little to who reads the audit log. */
  readonly nameOf: (resource: Resource) => Promise<string>;
}

/** What one request does, gathered while it is answered. */
export class AuditTrail {
  /** Who asks, once that is known. */
  principal: Principal | null = null;
  /** What was asked for, in the order of asking. */
  private readonly deeds: Deed[] = [];
  private isQuiet = false;
  private user: { readonly id: string; readonly name: string } | undefined;

  constructor(private readonly request: AuditedRequest) {}

  /** The name is looked for now, for at the end the thing may be deleted. */
  does(action: AuditedAction, resource: Resource): void {
    this.deeds.push({ action, resource, name: this.request.nameOf(resource) });
  }

  /** What did not exist when it was asked for. */
  made(resource: Resource): void {
    const [deed] = this.deeds;
    if (deed?.resource.kind !== 'console') return;
    this.deeds[0] = { action: deed.action, resource, name: this.request.nameOf(resource) };
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
  async entry(error: unknown): Promise<NewAuditEntry | undefined> {
    const outcome = outcomeOf(error);
    // Something may be done for the sake of another thing; refused was what was asked for last.
    const isRefused = outcome.outcome === 'refused';
    const deed = isRefused ? (this.deeds.at(-1) ?? NO_DEED) : this.deeds[0];
    if (deed === undefined || (this.isQuiet && error === undefined)) return undefined;
    const { method, path, address } = this.request;
    const { principal } = this;
    const user = principal?.user ?? this.user ?? { id: '', name: '' };
    return {
      at: new Date(),
      userId: user.id,
      userName: user.name,
      via: principal?.via ?? 'none',
      address,
      action: deed.action,
      operation: findOperation(method, path) ?? '',
      resourceKind: deed.resource.kind,
      resourceId: 'id' in deed.resource ? deed.resource.id : '',
      resourceName: await deed.name,
      ...outcome,
    };
  }
}

function outcomeOf(error: unknown): Pick<NewAuditEntry, 'outcome' | 'code'> {
  if (error === undefined) return { outcome: 'ok', code: null };
  if (!isProblemError(error)) return { outcome: 'failed', code: 'internal' };
  const { status, code } = error.problem;
  return { outcome: REFUSALS.has(status) ? 'refused' : 'failed', code };
}
