/** Why a machine cannot have what its configuration asks of the host. */
export type RefusalCode = 'cannot-boot' | 'cannot-open-device' | 'cannot-schedule';

/** Something of the host's that is not as the machine needs it; `hint` is what the person can do. */
export class HostRefusal extends Error {
  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly hint: string,
  ) {
    super(message);
    this.name = new.target.name;
  }
}
