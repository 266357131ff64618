import { HostRefusal } from '../sys/host-refusal';

/** A disk that cannot be opened or used. */
export class StorageError extends HostRefusal {
  constructor(message: string, hint: string) {
    super('cannot-open-device', message, hint);
  }
}
