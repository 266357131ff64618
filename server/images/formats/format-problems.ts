import { ProblemError } from '../../problems/problem-error';

/** What was brought is not what it was said to be, or not what this console takes. */
export function formatRefused(detail: string, hint: string): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'image-format-refused',
    title: 'The file cannot be used',
    detail,
    hint,
  });
}

/** It could make the host read files that were never brought. */
export function pointsElsewhere(what: string): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'image-points-elsewhere',
    title: 'The file cannot be used',
    detail: `The disk image ${what}, and a console opens no file because an image names it.`,
    hint: 'Make one whole file of it where it comes from: qemu-img convert -O qcow2 OLD NEW.',
  });
}

export function encrypted(): ProblemError {
  return formatRefused(
    'The disk image is encrypted.',
    'Decrypt it where it comes from, with qemu-img convert.',
  );
}

export function damaged(what: string): ProblemError {
  return formatRefused(
    `The disk image is damaged: ${what}.`,
    'Bring it again with its SHA-256, and check it with `qemu-img check` where it comes from.',
  );
}

export function tooLargeInside(bytes: number, limit: number): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'image-too-large',
    title: 'The disk is too large',
    detail: `The disk in this image has ${bytes} bytes; this console takes at most ${limit}.`,
    hint: 'Make the disk smaller where it comes from.',
  });
}

export function converterMissing(): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'qemu-img-missing',
    title: 'A program is missing on the host',
    detail:
      'This disk image has to be converted to raw by `qemu-img`, and the host has no such program.',
    hint: 'Install it on the host (Debian: apt-get install qemu-utils), or bring a raw image.',
  });
}
