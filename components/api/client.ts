import type { z } from 'zod';
import { ApiError } from './api-error';
import { BASE_PATH } from './base-path';
import { CreateKeys } from './create-keys';
import { isProblem } from './is-problem';

export const API = `${BASE_PATH}/api/v1`;
const NO_CONTENT = 204;

interface RequestOptions {
  readonly body?: unknown;
  /** What the server checks the body by: a form is told at once what it would say. */
  readonly bodySchema?: () => Promise<z.ZodType>;
  /** Of what is changed, as it was read; the change is refused when there is a newer one. */
  readonly revision?: number | undefined;
  /** It makes something, and sent again for want of an answer it must not make it twice. */
  readonly creates?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * One call of the API. `Answer` is what the contract promises, for example `Output<'getVm'>`: pages
 * come from the server that answers them, whose answers are held against the contract by its tests,
 * so the browser need not fetch a library to check them once more.
 * @param path behind `/api/v1`
 * @returns undefined for an answer without a body
 * @throws ApiError always with a cause and a next step; the abort of `signal` passes as it is
 */
export async function request<Answer = undefined>(
  method: Method,
  path: string,
  { bodySchema, ...options }: RequestOptions = {},
): Promise<Answer> {
  if (bodySchema !== undefined) check(await loaded(bodySchema()), options.body);
  return answerOf(await send(method, path, options));
}

/** Bytes as they are, of a part of a file. @throws ApiError as `request` does */
export async function sendBytes<Answer>(
  path: string,
  bytes: Blob,
  signal: AbortSignal,
): Promise<Answer> {
  const headers = { 'content-type': 'application/octet-stream' };
  return answerOf(await reach(path, { method: 'PUT', headers, body: bytes }, signal));
}

/** A text, for example a log. @throws ApiError as `request` does */
export async function requestText(path: string, signal?: AbortSignal): Promise<string> {
  const response = await send('GET', path, { signal });
  if (!response.ok) throw await failureOf(response);
  return response.text();
}

/** @throws ApiError as the server would answer */
function check(schema: z.ZodType, body: unknown): void {
  const { error } = schema.safeParse(body);
  if (error === undefined) return;
  throw ApiError.invalid(
    error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
  );
}

/** Code that cannot be fetched is a server out of reach like any other. */
async function loaded<Code>(loading: Promise<Code>): Promise<Code> {
  try {
    return await loading;
  } catch (error) {
    throw ApiError.unreachable(error);
  }
}

const createKeys = new CreateKeys();

async function send(
  method: Method,
  path: string,
  { body, revision, creates = false, signal }: Omit<RequestOptions, 'bodySchema'>,
): Promise<Response> {
  const wish = `${path}\n${JSON.stringify(body)}`;
  const init = {
    method,
    headers: {
      accept: 'application/json, application/problem+json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(revision === undefined ? {} : { 'if-match': `"${revision}"` }),
      ...(creates ? { 'idempotency-key': createKeys.keyFor(wish) } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const response = await reach(path, init, signal);
  if (creates && isMade(response)) createKeys.made(wish);
  return response;
}

/** A page of a proxy in between says nothing of what the console did. */
function isMade({ ok, headers }: Response): boolean {
  return ok && /^application\/json\b/.test(headers.get('content-type') ?? '');
}

async function reach(
  path: string,
  init: RequestInit,
  signal: AbortSignal | undefined,
): Promise<Response> {
  try {
    return await fetch(`${API}${path}`, { ...init, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw ApiError.unreachable(error);
  }
}

async function answerOf<Answer>(response: Response): Promise<Answer> {
  if (!response.ok) throw await failureOf(response);
  if (response.status === NO_CONTENT) return undefined as Answer;
  try {
    return (await response.json()) as Answer;
  } catch (error) {
    // A proxy in between answers with pages of its own.
    throw ApiError.strangeAnswer(response.status, error);
  }
}

async function failureOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  return isProblem(body) ? ApiError.ofProblem(body) : ApiError.withoutProblem(response.status);
}
