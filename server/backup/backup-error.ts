/** A backup that cannot be restored; `hint` is what to do instead. */
export class BackupError extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
    this.name = 'BackupError';
  }
}
