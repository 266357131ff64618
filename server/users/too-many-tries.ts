import { ProblemError } from '../problems/problem-error';

/** @param of what was tried, as in "There were too many wrong passwords …" */
export function tooManyTries(of: string, waitMs: number): ProblemError {
  const seconds = Math.ceil(waitMs / 1000);
  return new ProblemError({
    status: 429,
    code: 'too-many-tries',
    title: 'Too many tries',
    detail: `There were too many wrong passwords ${of}.`,
    hint: `Wait ${seconds} s and try again.`,
    headers: { 'retry-after': String(seconds) },
  });
}
