/** sysexits.h */
export const EXIT_USAGE = 64;
export const EXIT_UNAVAILABLE = 69;
export const EXIT_FAILED = 1;

/** Something the person typed, or has to do first. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly hint: string,
    readonly exitCode: number = EXIT_FAILED,
  ) {
    super(message);
    this.name = 'CliError';
  }
}

export function usageError(message: string, command = ''): CliError {
  const help = command === '' ? 'virtdeck help' : `virtdeck help ${command}`;
  return new CliError(message, `See \`${help}\`.`, EXIT_USAGE);
}
