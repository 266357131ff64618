import type { Problem } from '@/server/api/problem';

/** Whether a failure tells its cause as the API does; proxies in between answer in other ways. */
export function isProblem(body: unknown): body is Problem {
  if (typeof body !== 'object' || body === null) return false;
  const { status, code, detail, hint } = body as Partial<Record<keyof Problem, unknown>>;
  return (
    typeof status === 'number' && [code, detail, hint].every((part) => typeof part === 'string')
  );
}
