import { ProblemError } from '../../problems/problem-error';

export function imageNameTaken(name: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'name-taken',
    title: 'The name is taken',
    detail: `Another image is called "${name}".`,
    hint: 'Choose another name.',
    errors: [{ path: 'name', message: 'Another image has this name.' }],
  });
}

/** @param users what a person would look for, for example `the machine "web"` */
export function imageInUse(name: string, users: readonly string[]): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'image-in-use',
    title: 'The image is in use',
    detail: `"${name}" is used by ${users.join(', ')}.`,
    hint: 'Give those machines another image, or wait until the disks are copied.',
  });
}

export function imageBusy(name: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'image-busy',
    title: 'Not possible now',
    detail: `"${name}" is still being made.`,
    hint: 'Wait for its task, or cancel that.',
  });
}

export function imageNotReady(name: string, state: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'image-not-ready',
    title: 'The image cannot be used',
    detail: `The image "${name}" is ${state}.`,
    hint:
      state === 'waiting'
        ? 'Wait until its task is done.'
        : 'Look at the image for why, delete it, and bring it again.',
  });
}

export function imageMissing(): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'image-missing',
    title: 'The image is gone',
    detail: 'There is no image of that id any more.',
    hint: 'Choose another image.',
  });
}

export function wrongImageKind(name: string, kind: string, wanted: string): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'image-wrong-kind',
    title: 'The image cannot be used for this',
    detail: `The image "${name}" is a ${kind}, not a ${wanted}.`,
    hint: `Choose an image of the kind ${wanted}.`,
  });
}

export function wrongHash(expected: string, found: string): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'sha256-mismatch',
    title: 'The file is another one',
    detail: `The file's SHA-256 is ${found}, where ${expected} was expected.`,
    hint: 'Check the SHA-256 where the file comes from, then bring it again.',
  });
}

export function emptyFile(): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'image-format-refused',
    title: 'The file cannot be used',
    detail: 'The file is empty.',
    hint: 'Check where it comes from, and bring it again.',
  });
}
