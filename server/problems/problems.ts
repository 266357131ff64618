import type { z } from 'zod';
import type { Problem } from '../api/problem';
import { isProblemError, ProblemError } from './problem-error';

/** Problems that more than one part of the console answers with. */

export function notFound(what: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'not-found',
    title: 'Not found',
    detail: `There is no ${what}.`,
    hint: 'It may have been deleted. Look at the list again.',
  });
}

export function invalid(
  errors: readonly { readonly path: string; readonly message: string }[],
): ProblemError {
  const first = errors[0];
  return new ProblemError({
    status: 422,
    code: 'invalid',
    title: 'Invalid request',
    detail:
      first === undefined
        ? 'The request is not valid.'
        : [first.path, first.message].filter(Boolean).join(': '),
    hint: 'Correct the fields named in `errors` and send the request again.',
    errors,
  });
}

export function invalidBySchema(error: z.ZodError): ProblemError {
  return invalid(
    error.issues.flatMap((issue) => {
      const path = issue.path.map(String);
      const at = (...more: string[]) => [...path, ...more].join('.');
      if (issue.code !== 'unrecognized_keys') return [{ path: at(), message: issue.message }];
      return issue.keys.map((key) => ({ path: at(key), message: 'There is no such field.' }));
    }),
  );
}

export function signInNeeded(): ProblemError {
  return new ProblemError({
    status: 401,
    code: 'sign-in-needed',
    title: 'Sign-in needed',
    detail: 'The request carries no valid session.',
    hint: 'Sign in and try again.',
    headers: { 'www-authenticate': 'Bearer' },
  });
}

export function forbidden(what: string): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'forbidden',
    title: 'Not allowed',
    detail: `Your role does not let you ${what}.`,
    hint: 'Ask an administrator.',
  });
}

/** The client changes what it has read, and that is not what is there any more; RFC 9110, 15.5.13. */
export function changedMeanwhile(): ProblemError {
  return new ProblemError({
    status: 412,
    code: 'changed-meanwhile',
    title: 'Changed meanwhile',
    detail: 'Somebody else has changed this since you read it.',
    hint: 'Read it again, look at what is different, and change that.',
  });
}

export function outOfScope(what: string): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'out-of-scope',
    title: 'Not allowed',
    detail: `This token is not made to ${what}.`,
    hint: 'Make a token with another scope. Passwords and tokens are changed by people who signed in.',
  });
}

export function badToken(): ProblemError {
  return new ProblemError({
    status: 401,
    code: 'bad-token',
    title: 'The token is not valid',
    detail: 'The token is unknown, expired or revoked.',
    hint: 'Make a new one in the settings of the console.',
    // RFC 6750, 3.
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  });
}

const INTERNAL: Problem = {
  type: 'about:blank',
  status: 500,
  code: 'internal',
  title: 'The console failed',
  detail: 'The console met an error it did not expect.',
  hint: 'Try again. If it happens again, the log of the console says more.',
};

/** What a client may see of an error: never a stack, never the words of one we did not foresee. */
export function toProblem(error: unknown): Problem {
  return isProblemError(error) ? error.problem : INTERNAL;
}
