import { ProblemError } from '../problems/problem-error';

/** The file of an image or a disk is not what its row says. */
export function fileLost(what: string): ProblemError {
  return new ProblemError({
    status: 500,
    code: 'file-lost',
    title: 'Its file is lost',
    detail: `The file of ${what} is not in the data directory, or is shorter than it was.`,
    hint: 'If a disk of the host is not mounted, mount it and restart the console. Else delete this and make it again.',
  });
}

/** Why is not known any more: its task was removed since. */
export function failedLongAgo(): ProblemError {
  return new ProblemError({
    status: 500,
    code: 'making-failed',
    title: 'It could not be made',
    detail: 'It could not be made, or was lost. Why is not kept any more.',
    hint: 'Delete it, and make it again.',
  });
}
