/** The console cannot start; `hint` is what the person at the terminal can do about it. */
export class StartError extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
    this.name = 'StartError';
  }
}
