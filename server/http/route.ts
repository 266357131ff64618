import type { User } from '../api/session';
import { messageOf } from '../log/log';
import { isProblemError, ProblemError } from '../problems/problem-error';
import { notFound, toProblem } from '../problems/problems';
import { type Services, services } from '../registry';
import { type Action, authorise, type Resource } from '../users/authorise';
import type { LiveSession } from '../users/session-service';
import { readCookie, SESSION_COOKIE } from './cookies';
import { PEER_HEADER } from './headers';
import { checkSameOrigin } from './same-origin';

/** What a handler gets. */
export interface Call {
  readonly request: Request;
  readonly url: URL;
  /** Of the route's path, decoded by Next. */
  readonly params: Readonly<Record<string, string>>;
  readonly services: Services;
  readonly session: LiveSession | null;
  /** Where the request came from. */
  readonly address: string;
  /** Whether the page was opened over TLS. */
  readonly secure: boolean;
  /** @throws ProblemError 401, 403 */
  authorise(action: Action, resource: Resource): User;
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
export function route(handlers: Partial<Record<Method, Handler>>): Record<Method, NextHandler> {
  const allowed = METHODS.filter((method) => handlers[method] !== undefined);
  const of = (method: Method): NextHandler => {
    const handler = handlers[method];
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

/** Every method of every path nobody knows. */
export function unknownRoute(): Record<Method, NextHandler> {
  const reject: Handler = ({ url }) => Promise.reject(notFound(`resource at ${url.pathname}`));
  return route({ GET: reject, POST: reject, PUT: reject, PATCH: reject, DELETE: reject });
}

async function answer(request: Request, context: NextContext, handler: Handler): Promise<Response> {
  try {
    const call = await prepare(request, context);
    const response = await handler(call);
    // Answers are about now; what a browser kept of an earlier one is worth nothing.
    if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
    return response;
  } catch (error) {
    return problemResponse(error, request);
  }
}

async function prepare(request: Request, context: NextContext): Promise<Call> {
  const provided = services();
  const { headers } = request;
  checkSameOrigin({
    method: request.method,
    host: headers.get('host'),
    origin: headers.get('origin'),
    secFetchSite: headers.get('sec-fetch-site'),
    allowed: provided.origins,
  });
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries((await context.params) ?? {})) {
    if (typeof value === 'string') params[name] = value;
  }
  const token = readCookie(headers.get('cookie'), SESSION_COOKIE);
  const session = await provided.sessions.find(token);
  return {
    request,
    url: new URL(request.url),
    params,
    services: provided,
    session,
    address: headers.get(PEER_HEADER) ?? 'unknown',
    secure: headers.get('x-forwarded-proto')?.split(',')[0]?.trim() === 'https',
    authorise: (action, resource) => authorise(session?.user ?? null, action, resource),
  };
}

/** @param error anything that was thrown; the unforeseen is logged and not shown */
export function problemResponse(error: unknown, request: Request): Response {
  const problem = toProblem(error);
  if (!isProblemError(error)) {
    logUnforeseen(error, request);
  }
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
