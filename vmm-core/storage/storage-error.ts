/** A disk that cannot be opened or used; `hint` is what the person can do. */
export class StorageError extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
    this.name = 'StorageError';
  }
}
