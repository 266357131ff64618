import type { Problem } from '../api/problem';
import { isProblemError } from '../problems/problem-error';

/** The problem a promise is rejected with. @throws Error when it is not, or with something else */
export async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  try {
    await promise;
  } catch (error) {
    if (isProblemError(error)) return error.problem;
    throw error;
  }
  throw new Error('no problem');
}
