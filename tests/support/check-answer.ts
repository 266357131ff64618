import { isDeepStrictEqual } from 'node:util';
import { findOperation } from '../../server/api/operations/find-operation';
import type { Operation } from '../../server/api/operations/operation';
import { operations } from '../../server/api/operations/operations';
import { problemSchema } from '../../server/api/problem';

const PROBLEM = 'application/problem+json';

export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  /** JSON as its value. */
  readonly body: unknown;
}

/**
 * Holds an answer against what the API says of the request.
 * @param route below /api/v1, with or without a query
 * @throws Error says what of it is not as described
 */
export function checkAnswer(method: string, route: string, answer: RawAnswer): void {
  const path = route.split('?', 1)[0] ?? '';
  const name = findOperation(method, `/api/v1${path}`);
  const fault = faultOf(name === undefined ? undefined : operations[name], answer);
  if (fault === undefined) return;
  throw new Error(
    `${method} ${route} ${fault}: ${answer.status} ${JSON.stringify(answer.body)?.slice(0, 1000)}`,
  );
}

function faultOf(operation: Operation | undefined, answer: RawAnswer): string | undefined {
  const { status, body } = answer;
  const type = answer.contentType.split(';', 1)[0] ?? '';
  if (status >= 400) {
    if (type !== PROBLEM) return `is refused with ${type || 'no content type'}`;
    if (!isAsDescribed(problemSchema, body)) return 'is refused with what is no problem';
    return (body as { status: unknown }).status === status ? undefined : 'contradicts its status';
  }
  const described = operation?.answers[status];
  if (described === undefined) return 'is answered with a status that nobody described';
  if (described === 'nothing') return body === '' ? undefined : 'has a body that nobody described';
  if (typeof described === 'string') {
    return type === described ? undefined : `is answered with ${type || 'no content type'}`;
  }
  if (type !== 'application/json') return `is answered with ${type || 'no content type'}`;
  return isAsDescribed(described, body) ? undefined : 'is not answered as described';
}

interface Schema {
  safeParse(value: unknown): { readonly data?: unknown };
}

/** All that is described is there, and nothing else: a field nobody described would be lost. */
function isAsDescribed(schema: Schema, value: unknown): boolean {
  const { data } = schema.safeParse(value);
  return data !== undefined && isDeepStrictEqual(data, value);
}
