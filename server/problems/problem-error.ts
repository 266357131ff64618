import type { Problem } from '../api/problem';

export interface ProblemFields {
  readonly status: number;
  /** Stable, for programs; lower case with dashes. */
  readonly code: string;
  readonly title: string;
  /** The cause, a sentence for people. */
  readonly detail: string;
  /** The next step, a sentence for people. */
  readonly hint: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  /** Of the answer, for example Retry-After. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error meant to be read by the client. Anything else that is thrown is a fault of ours. */
export class ProblemError extends Error {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(fields: ProblemFields, options?: ErrorOptions) {
    super(fields.detail, options);
    this.name = 'ProblemError';
    const { headers, errors, ...rest } = fields;
    this.headers = headers ?? {};
    this.problem = {
      type: 'about:blank',
      ...rest,
      ...(errors === undefined ? {} : { errors: [...errors] }),
    };
  }
}

/**
 * Whether this is a ProblemError, of this module or of its copy in another bundle: Next compiles
 * the routes apart from the process that holds the services, so `instanceof` does not tell.
 */
export function isProblemError(error: unknown): error is ProblemError {
  return (
    error instanceof Error &&
    error.name === 'ProblemError' &&
    'problem' in error &&
    'headers' in error
  );
}
