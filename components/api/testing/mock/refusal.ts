import type { z } from 'zod';
import type { Problem } from '@/server/api/problem';

/** Thrown by handlers; the dispatcher answers with its problem. */
export class Refusal extends Error {
  readonly problem: Problem;

  constructor(problem: Omit<Problem, 'type'>) {
    super(problem.detail);
    this.problem = { type: 'about:blank', ...problem };
  }
}

/** Most refusals are of this kind: what was asked is not possible as things are. */
export function conflict(
  code: string,
  title: string,
  detail: string,
  hint: string,
  errors?: Problem['errors'],
): Refusal {
  return new Refusal({
    ...{ status: 409, code, title, detail, hint },
    ...(errors === undefined ? {} : { errors }),
  });
}

export function notPossibleNow(code: string, detail: string, hint: string): Refusal {
  return conflict(code, 'Not possible now', detail, hint);
}

/** @param what as in "Another machine is called …" */
export function nameTaken(what: string, name: string, more = ''): Refusal {
  return conflict(
    'name-taken',
    'The name is taken',
    `Another ${what} is called "${name}"${more}.`,
    'Choose another name.',
    [{ path: 'name', message: `Another ${what} has this name.` }],
  );
}

export function notFound(what: string): Refusal {
  return new Refusal({
    status: 404,
    code: 'not-found',
    title: 'Not found',
    detail: `There is no ${what}.`,
    hint: 'It may have been deleted. Look at the list again.',
  });
}

export function invalid(errors: NonNullable<Problem['errors']>): Refusal {
  const first = errors[0];
  return new Refusal({
    status: 422,
    code: 'invalid',
    title: 'Invalid request',
    detail: [first?.path, first?.message].filter(Boolean).join(': '),
    hint: 'Correct the fields named in `errors` and send the request again.',
    errors,
  });
}

export function invalidBySchema(error: z.ZodError): Refusal {
  return invalid(
    error.issues.flatMap((issue) => {
      const path = issue.path.map(String);
      if (issue.code !== 'unrecognized_keys') {
        return [{ path: path.join('.'), message: issue.message }];
      }
      return issue.keys.map((key) => ({
        path: [...path, key].join('.'),
        message: 'There is no such field.',
      }));
    }),
  );
}

export function signInNeeded(): Refusal {
  return new Refusal({
    status: 401,
    code: 'sign-in-needed',
    title: 'Sign-in needed',
    detail: 'The request carries no valid session.',
    hint: 'Sign in and try again.',
  });
}

export function forbidden(what: string): Refusal {
  return new Refusal({
    status: 403,
    code: 'forbidden',
    title: 'Not allowed',
    detail: `Your role does not let you ${what}.`,
    hint: 'Ask an administrator.',
  });
}

export function changedMeanwhile(): Refusal {
  return new Refusal({
    status: 412,
    code: 'changed-meanwhile',
    title: 'Changed meanwhile',
    detail: 'Somebody else has changed this since you read it.',
    hint: 'Read it again, look at what is different, and change that.',
  });
}
