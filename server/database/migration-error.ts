/** The database and this program do not fit together; the message says what to do. */
export class MigrationError extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(`${message} ${hint}`);
    this.name = 'MigrationError';
  }
}
