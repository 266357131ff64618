import { HostRefusal } from '../sys/host-refusal';

/** A kernel, initrd or command line that cannot be booted. */
export class BootError extends HostRefusal {
  constructor(message: string, hint: string) {
    super('cannot-boot', message, hint);
  }
}
