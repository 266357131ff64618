import type { z } from 'zod';
import { problemSchema } from '@/server/api/problem';
import { ApiError } from './api-error';

export const API = '/api/v1';

interface RequestOptions<Schema extends z.ZodType | undefined> {
  /** Of the answer; without one the answer is not read. */
  readonly schema?: Schema;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

type Answer<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/**
 * One call of the API.
 * @param path behind `/api/v1`
 * @throws ApiError always with a cause and a next step; the abort of `signal` passes as it is
 */
export async function request<Schema extends z.ZodType | undefined = undefined>(
  method: Method,
  path: string,
  { schema, body, signal }: RequestOptions<Schema> = {},
): Promise<Answer<Schema>> {
  const response = await send(method, path, body, signal);
  if (!response.ok) throw await failureOf(response);
  if (schema === undefined) return undefined as Answer<Schema>;
  const parsed = schema.safeParse(await readJson(response));
  if (!parsed.success) throw ApiError.strangeAnswer(response.status, parsed.error);
  return parsed.data as Answer<Schema>;
}

async function send(
  method: Method,
  path: string,
  body: unknown,
  signal: AbortSignal | undefined,
): Promise<Response> {
  try {
    return await fetch(`${API}${path}`, {
      method,
      headers: {
        accept: 'application/json, application/problem+json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw ApiError.unreachable(error);
  }
}

async function failureOf(response: Response): Promise<ApiError> {
  const problem = problemSchema.safeParse(await response.json().catch(() => undefined));
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
