/** A request that is understood and not carried out. Nothing has changed. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly hint: string,
    readonly status = 409,
  ) {
    super(message);
    this.name = 'Refused';
  }
}
