import type { z } from 'zod';
import type { Role } from '../session';
import type { Scope } from '../tokens';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The least of roles, and the scopes of tokens, that a request takes; or that it is open to all. */
export type Needs = 'open' | { readonly role: Role; readonly scopes: readonly Scope[] };

/** Bodies that are no JSON. */
export type OtherBody =
  | 'nothing'
  | 'application/octet-stream'
  | 'application/x-asciicast'
  | 'application/jsonl'
  | 'text/event-stream'
  | 'text/plain';

export type Body = z.ZodType | OtherBody;

/** One request of the API: what it takes and what it gives. Documentation, client and tests read it. */
export interface Operation {
  readonly method: Method;
  /** Below /api/v1, with {names} for what stands in the path. */
  readonly path: string;
  readonly tag: string;
  /** What it does, for people. */
  readonly summary: string;
  readonly needs: Needs;
  readonly query?: z.ZodObject;
  readonly body?: Body;
  /** The body may be left out, which asks for the defaults. */
  readonly bodyOptional?: true;
  /** Takes an Idempotency-Key. */
  readonly creates?: true;
  /** Takes If-Match, and answers with an ETag. */
  readonly versioned?: true;
  /** What comes when it goes well, by status. Whatever else comes is a problem. */
  readonly answers: Readonly<Record<number, Body>>;
}

export const SEE: Needs = { role: 'viewer', scopes: ['read', 'operate', 'admin'] };
export const RUN: Needs = { role: 'operator', scopes: ['operate', 'admin'] };
export const RULE: Needs = { role: 'admin', scopes: ['admin'] };
/** By a person who has signed in, and by no token. */
export const OWN: Needs = { role: 'viewer', scopes: [] };
export const RULE_IN_PERSON: Needs = { role: 'admin', scopes: [] };

/** A table of operations, each kept in its own type, so that a client knows what it answers. */
export function operationsOf<const T extends Readonly<Record<string, Operation>>>(table: T): T {
  return table;
}
