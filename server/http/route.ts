import { messageOf } from '../log/log';
import { isProblemError, ProblemError } from '../problems/problem-error';
import { notFound, toProblem } from '../problems/problems';
import { type Services, services } from '../registry';
import { explainStorage } from '../storage/storage-problems';
import { type Action, authorise, type Resource } from '../users/authorise';
import type { Principal } from '../users/principal';
import type { Client } from '../users/session-service';
import { AuditTrail } from './audit-trail';
import type { CookieSite } from './cookies';
import { unlessKnown } from './etag';
import { PEER_HEADER } from './headers';
import { answerOnce } from './idempotency';
import { hasToken, identify } from './identify';
import { resourceAt } from './resource-at';
import { resourceName } from './resource-name';
import { checkSameOrigin, isSafe } from './same-origin';

/** What a handler gets. */
export interface Call {
  readonly request: Request;
  readonly url: URL;
  /** Of the route's path, decoded by Next. */
  readonly params: Readonly<Record<string, string>>;
  readonly services: Services;
  /** Who asks, if anybody is known to. */
  readonly principal: Principal | null;
  /** Where the request came from. */
  readonly client: Client;
  /** What a cookie is to be for. */
  readonly site: CookieSite;
  /**
   * Every handler asks this before it does anything, and what it asks for is what the audit says.
   * @throws ProblemError 401, 403
   */
  authorise(action: Action, resource: Resource): Principal;
  /** For what people do before they are signed in. */
  readonly trail: AuditTrail;
}

export interface RouteOptions {
  /** Its POST makes something and answers with JSON, which may be kept for who asks twice. */
  readonly creates?: boolean;
}

type Handler = (call: Call) => Promise<Response> | Response;

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof METHODS)[number];

interface NextContext {
  /** Of a route without parameters, Next gives undefined. */
  readonly params: Promise<Record<string, string | string[] | undefined> | undefined>;
}
type NextHandler = (request: Request, context: NextContext) => Promise<Response>;

/**
 * The handlers of one route: `export const { GET, POST, PUT, PATCH, DELETE } = route({ … })`. Every
 * method is answered, so that a wrong one gets a problem like any other error.
 */
export function route(
  handlers: Partial<Record<Method, Handler>>,
  { creates = false }: RouteOptions = {},
): Record<Method, NextHandler> {
  const allowed = METHODS.filter((method) => handlers[method] !== undefined);
  const of = (method: Method): NextHandler => {
    const handler = creates && method === 'POST' ? once(handlers.POST) : handlers[method];
    return (request, context) =>
      answer(request, context, handler ?? (() => Promise.reject(wrongMethod(method, allowed))));
  };
  return {
    GET: of('GET'),
    POST: of('POST'),
    PUT: of('PUT'),
    PATCH: of('PATCH'),
    DELETE: of('DELETE'),
  };
}

/** Honours an Idempotency-Key of whoever has signed in; others are refused by the handler. */
function once(handler: Handler | undefined): Handler | undefined {
  if (handler === undefined) return undefined;
  return (call) => {
    const userId = call.principal?.user.id;
    if (userId === undefined) return handler(call);
    return answerOnce(call.services.idempotency, userId, call.request, () => handler(call));
  };
}

/** Every method of every path nobody knows. */
export function unknownRoute(): Record<Method, NextHandler> {
  const reject: Handler = ({ url }) => Promise.reject(notFound(`resource at ${url.pathname}`));
  return route({ GET: reject, POST: reject, PUT: reject, PATCH: reject, DELETE: reject });
}

async function answer(request: Request, context: NextContext, handler: Handler): Promise<Response> {
  let trail: AuditTrail | undefined;
  try {
    const provided = services();
    const url = new URL(request.url);
    url.pathname = provided.basePath.without(url.pathname);
    trail = new AuditTrail({
      method: request.method,
      path: url.pathname,
      address: addressOf(request),
      nameOf: (resource) => resourceName(provided, resource),
    });
    const call = await prepare(request, context, { services: provided, url, trail });
    const response = unlessKnown(request, await handler(call));
    const location = response.headers.get('location');
    const made = resourceAt(location);
    if (made !== undefined) trail.made(made);
    if (location !== null) {
      response.headers.set('location', provided.basePath.with(location));
    }
    await audit(request, trail);
    // Answers are about now; what a browser kept of an earlier one is worth nothing.
    if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
    return response;
  } catch (thrown) {
    if (!isProblemError(thrown)) logUnforeseen(thrown, request);
    const error = explainStorage(thrown);
    if (trail !== undefined) await audit(request, trail, error);
    return problemResponse(error);
  }
}

/** What changes something, and what was tried without the right to, is written down. */
async function audit(request: Request, trail: AuditTrail, error?: unknown): Promise<void> {
  const entry = await trail.entry(error);
  if (entry === undefined) return;
  if (isSafe(request.method) && entry.outcome !== 'refused') return;
  await services().audit.record(entry);
}

function addressOf({ headers }: Request): string {
  return headers.get(PEER_HEADER) ?? 'unknown';
}

async function prepare(
  request: Request,
  context: NextContext,
  known: Pick<Call, 'services' | 'url' | 'trail'>,
): Promise<Call> {
  const { services: provided, trail } = known;
  const { headers } = request;
  const client = {
    address: addressOf(request),
    userAgent: headers.get('user-agent') ?? '',
  };
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries((await context.params) ?? {})) {
    if (typeof value === 'string') params[name] = value;
  }
  const credentials = {
    authorization: headers.get('authorization'),
    cookie: headers.get('cookie'),
  };
  if (!hasToken(credentials)) {
    checkSameOrigin({
      method: request.method,
      host: headers.get('host'),
      origin: headers.get('origin'),
      secFetchSite: headers.get('sec-fetch-site'),
      allowed: provided.origins,
    });
  }
  const principal = await identify(provided, credentials, client);
  trail.principal = principal;
  return {
    ...known,
    request,
    params,
    principal,
    client,
    site: {
      // The browser's own word, which it puts on every request that signs somebody in.
      secure: headers.get('origin')?.startsWith('https://') === true,
      path: provided.basePath.path || '/',
    },
    authorise: (action, resource) => {
      trail.does(action, resource);
      return authorise(principal, action, resource);
    },
  };
}

/** @param error anything that was thrown; of the unforeseen nothing is shown */
function problemResponse(error: unknown): Response {
  const problem = toProblem(error);
  return Response.json(problem, {
    status: problem.status,
    headers: {
      ...(isProblemError(error) ? error.headers : {}),
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
    },
  });
}

function logUnforeseen(error: unknown, request: Request): void {
  const stack = error instanceof Error ? error.stack : undefined;
  try {
    services().log.error('a request failed', {
      method: request.method,
      path: new URL(request.url).pathname,
      cause: stack ?? messageOf(error),
    });
  } catch {
    // Without services there is no log either, and the answer says what is wrong.
  }
}

function wrongMethod(method: string, allowed: readonly string[]): ProblemError {
  return new ProblemError({
    status: 405,
    code: 'wrong-method',
    title: 'Wrong method',
    detail: `${method} is not possible here.`,
    hint: `Use ${allowed.join(', ')}.`,
    headers: { allow: allowed.join(', ') },
  });
}
