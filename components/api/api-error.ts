import type { Problem } from '@/server/api/problem';
import { say, t } from '../i18n/reader';

interface ApiErrorParts {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly hint: string;
  readonly errors?: Problem['errors'];
}

/** No answer at all has no status of HTTP. */
const NO_ANSWER = 0;
/** The server's word for fields that are wrong. */
const INVALID = 'invalid';

/** Why a request failed: the cause (`detail`, also `message`) and the next step (`hint`). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** Stable, for `if`s. */
  readonly code: string;
  readonly detail: string;
  readonly hint: string;
  /** One entry a field of the request that is wrong. */
  readonly errors: NonNullable<Problem['errors']>;

  constructor(parts: ApiErrorParts, options?: ErrorOptions) {
    super(parts.detail, options);
    this.status = parts.status;
    this.code = parts.code;
    this.detail = parts.detail;
    this.hint = parts.hint;
    this.errors = parts.errors ?? [];
  }

  /** The server was not reached. */
  get unreachable(): boolean {
    return this.status === NO_ANSWER;
  }

  static ofProblem(problem: Problem): ApiError {
    return new ApiError(problem);
  }

  /** What was typed cannot be sent. */
  static invalid(errors: NonNullable<Problem['errors']>): ApiError {
    const detail = errors[0]?.message ?? t('api.invalidHint');
    return new ApiError({ status: 422, code: INVALID, detail, hint: t('api.invalidHint'), errors });
  }

  static unreachable(cause: unknown): ApiError {
    return new ApiError(
      {
        status: NO_ANSWER,
        code: 'unreachable',
        detail: t('api.unreachable'),
        hint: t('api.unreachableHint'),
      },
      { cause },
    );
  }

  static strangeAnswer(status: number, cause: unknown): ApiError {
    return new ApiError(
      {
        status,
        code: 'strange-answer',
        detail: t('api.strangeAnswer'),
        hint: t('api.strangeAnswerHint'),
      },
      { cause },
    );
  }

  static withoutProblem(status: number): ApiError {
    return new ApiError({
      status,
      code: 'failed',
      detail: t('api.failedWithStatus', { status }),
      hint: t('common.unknownErrorHint'),
    });
  }
}

/** What is thrown may be anything; people are told a cause and a next step all the same. */
export function causeAndHint(error: unknown): { detail: string; hint: string } {
  // By what stands at the fields, and not by their names in a request.
  if (error instanceof ApiError && error.code === INVALID && error.errors.length > 0) {
    const complaints = new Set(error.errors.map(({ message }) => say(message)));
    return { detail: [...complaints].join(' '), hint: t('api.invalidHint') };
  }
  if (error instanceof ApiError) return { detail: say(error.detail), hint: say(error.hint) };
  return { detail: t('common.unknownError'), hint: t('common.unknownErrorHint') };
}
