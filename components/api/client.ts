import { ApiError } from './api-error';
import { BASE_PATH } from './base-path';
import { isProblem } from './is-problem';

export const API = `${BASE_PATH}/api/v1`;
const NO_CONTENT = 204;

interface RequestOptions {
  readonly body?: unknown;
  /** Of what is changed, as it was read; the change is refused when there is a newer one. */
  readonly revision?: number | undefined;
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
  { body, revision, signal }: RequestOptions = {},
): Promise<Answer> {
  return answerOf(await send(method, path, { body, revision, signal }));
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

function send(
  method: Method,
  path: string,
  { body, revision, signal }: RequestOptions,
): Promise<Response> {
  const init = {
    method,
    headers: {
      accept: 'application/json, application/problem+json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(revision === undefined ? {} : { 'if-match': `"${revision}"` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  return reach(path, init, signal);
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
