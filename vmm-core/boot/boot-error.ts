/** A kernel, initrd or command line that cannot be booted; `hint` is what the person can do. */
export class BootError extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
    this.name = 'BootError';
  }
}
