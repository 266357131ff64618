import type { z } from 'zod';
import { ApiError } from './api-error';
import { CreateKeys } from './create-keys';

export const API = '/api/v1';

interface RequestOptions<Schema extends z.ZodType | undefined> {
  /**
   * Of the answer; without one the answer is not read. One that is loaded comes while the answer is
   * on its way, so that the first drawing of a page need not wait for zod.
   */
  readonly schema?: Schema | (() => Promise<Schema>);
  readonly body?: unknown;
  /** What the server checks the body by: a form is told at once what it would say. */
  readonly bodySchema?: () => Promise<z.ZodType>;
  /** Of what is changed, as it was read; the change is refused when there is a newer one. */
  readonly revision?: number | undefined;
  /** It makes something, and sent again for want of an answer it must not make it twice. */
  readonly creates?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Answer<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
type SendOptions = Omit<RequestOptions<undefined>, 'schema' | 'bodySchema'>;
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * One call of the API.
 * @param path behind `/api/v1`
 * @throws ApiError always with a cause and a next step; the abort of `signal` passes as it is
 */
export async function request<Schema extends z.ZodType | undefined = undefined>(
  method: Method,
  path: string,
  { schema, bodySchema, ...options }: RequestOptions<Schema> = {},
): Promise<Answer<Schema>> {
  const loading = Promise.resolve(typeof schema === 'function' ? schema() : schema);
  // A load that fails is told below, when the answer wants it.
  loading.catch(() => {});
  if (bodySchema !== undefined) check(await loaded(bodySchema()), options.body);
  const response = await send(method, path, options);
  if (!response.ok) throw await failureOf(response);
  const shape = await loaded(loading);
  if (shape === undefined) return undefined as Answer<Schema>;
  const parsed = shape.safeParse(await readJson(response));
  if (!parsed.success) throw ApiError.strangeAnswer(response.status, parsed.error);
  return parsed.data as Answer<Schema>;
}

/** Bytes as they are, of a part of a file. @throws ApiError as `request` does */
export async function sendBytes<Schema extends z.ZodType>(
  path: string,
  bytes: Blob,
  schema: () => Promise<Schema>,
  signal: AbortSignal,
): Promise<z.output<Schema>> {
  const loading = schema();
  loading.catch(() => {});
  const response = await reach(
    path,
    { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: bytes },
    signal,
  );
  if (!response.ok) throw await failureOf(response);
  const parsed = (await loaded(loading)).safeParse(await readJson(response));
  if (!parsed.success) throw ApiError.strangeAnswer(response.status, parsed.error);
  return parsed.data;
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
  { body, revision, creates = false, signal }: SendOptions,
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

async function failureOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  const { problemSchema } = await loaded(import('@/server/api/problem'));
  const problem = problemSchema.safeParse(body);
  // A proxy in between answers with pages of its own.
  if (problem.success) return ApiError.ofProblem(problem.data);
  return ApiError.withoutProblem(response.status);
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    throw ApiError.strangeAnswer(response.status, error);
  }
}
