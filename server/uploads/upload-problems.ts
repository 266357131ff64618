import { ProblemError } from '../problems/problem-error';

/** tus' name for it, which clients know. */
export const OFFSET_HEADER = 'upload-offset';

export function wrongOffset(sent: number, right: number): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'wrong-offset',
    title: 'Wrong offset',
    detail: `The chunk begins at ${sent}, but ${right} bytes are here.`,
    hint: `Go on at ${right}.`,
    headers: { [OFFSET_HEADER]: String(right) },
  });
}

export function tooManyBytes(size: number, right: number): ProblemError {
  return new ProblemError({
    status: 413,
    code: 'upload-too-long',
    title: 'More than was announced',
    detail: `The upload was announced with ${size} bytes, and more came.`,
    hint: 'Delete it and begin again with the right size.',
    headers: { [OFFSET_HEADER]: String(right) },
  });
}

export function cutOff(right: number, cause: unknown): ProblemError {
  return new ProblemError(
    {
      status: 400,
      code: 'upload-cut-off',
      title: 'The chunk was cut off',
      detail: `The connection ended, or nothing came for too long; ${right} bytes are here.`,
      hint: `Go on at ${right}.`,
      headers: { [OFFSET_HEADER]: String(right) },
    },
    { cause },
  );
}

/** To the slower of two that send the same upload: most often the same client, come back. */
export function takenOver(right: number): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'upload-taken-over',
    title: 'Another request goes on with it',
    detail: 'A later request has taken this upload over.',
    hint: 'Send an upload by one request at a time.',
    headers: { [OFFSET_HEADER]: String(right) },
  });
}

export function incomplete(received: number, size: number): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'upload-incomplete',
    title: 'Not all is here',
    detail: `${received} of ${size} bytes are here.`,
    hint: `Go on at ${received}.`,
    headers: { [OFFSET_HEADER]: String(received) },
  });
}

export function beingCompleted(): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'upload-complete',
    title: 'Not possible now',
    detail: 'An image is being made of this upload.',
    hint: 'Wait for its task, or cancel that.',
  });
}

export function fileTooLarge(limit: number): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'file-too-large',
    title: 'The file is too large',
    detail: `A file of this kind may have ${limit} bytes at most.`,
    hint: 'Make it smaller. An administrator can allow more in the settings.',
    errors: [{ path: 'sizeBytes', message: `At most ${limit} bytes.` }],
  });
}

export function tooManyUploads(limit: number): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'too-many-uploads',
    title: 'Too many uploads',
    detail: `You have ${limit} uploads that are not complete.`,
    hint: 'Complete or delete some of them first.',
  });
}

export function notBytes(type: string | null): ProblemError {
  return new ProblemError({
    status: 415,
    code: 'not-bytes',
    title: 'Unsupported content type',
    detail: type === null ? 'The chunk has no content type.' : `The chunk is sent as ${type}.`,
    hint: 'Send the bytes with Content-Type: application/octet-stream.',
  });
}
