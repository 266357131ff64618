export type BuildErrorCode =
  | 'unsupported-host'
  | 'missing-packages'
  | 'no-network'
  | 'disk-full'
  | 'no-access'
  | 'recipe-refused'
  | 'compile-failed'
  | 'tool-failed';

/** Why the image could not be built: the message is the cause, the hint the next step. */
export class ImageBuildError extends Error {
  constructor(
    readonly code: BuildErrorCode,
    message: string,
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ImageBuildError';
  }
}

/** Programs say what went wrong, then which of their parts was at it. */
const MESSAGE_LINES = 5;

/** A command that ended with an error, with the last lines it said. */
export class CommandError extends Error {
  constructor(
    readonly command: string,
    readonly outcome: string,
    readonly lastLines: readonly string[],
  ) {
    super([`${command} ended with ${outcome}`, ...lastLines.slice(-MESSAGE_LINES)].join('\n'));
    this.name = 'CommandError';
  }
}
