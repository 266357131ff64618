import type { Vm } from '../../kvm/vm';
import { close, EventFd } from '../../sys/files';
import { watchReadable } from '../../sys/poll';

interface Doorbell {
  readonly event: EventFd;
  readonly stopWatching: () => void;
  gpa: number | undefined;
}

/**
 * The addresses at which guests ring for a queue. KVM answers such a write by itself (ioeventfd)
 * and wakes the event loop; the vCPU goes on at once.
 */
export class Doorbells {
  private readonly byOwner = new Map<object, Map<number, Doorbell>>();

  constructor(private readonly vm: Vm) {}

  /**
   * Places, moves or takes away the doorbell `index` of `owner`.
   * @param gpa undefined where there is to be none
   */
  place(owner: object, index: number, gpa: number | undefined, onRing: () => void): void {
    const doorbell =
      this.find(owner, index) ?? (gpa === undefined ? undefined : this.add(owner, index, onRing));
    if (doorbell === undefined || doorbell.gpa === gpa) return;
    if (doorbell.gpa !== undefined) this.vm.deassignIoeventfd(doorbell.event.fd, doorbell.gpa);
    doorbell.gpa = gpa;
    if (gpa !== undefined) this.vm.assignIoeventfd(doorbell.event.fd, gpa);
  }

  private find(owner: object, index: number): Doorbell | undefined {
    return this.byOwner.get(owner)?.get(index);
  }

  private add(owner: object, index: number, onRing: () => void): Doorbell {
    const event = EventFd.create();
    const stopWatching = watchReadable(event.fd, () => {
      event.clear();
      onRing();
    });
    const doorbell: Doorbell = { event, stopWatching, gpa: undefined };
    const own = this.byOwner.get(owner) ?? new Map<number, Doorbell>();
    own.set(index, doorbell);
    this.byOwner.set(owner, own);
    return doorbell;
  }

  /** The VM takes the ioeventfds with it. */
  release(): void {
    for (const own of this.byOwner.values()) {
      for (const { event, stopWatching } of own.values()) {
        stopWatching();
        close(event.fd);
      }
    }
    this.byOwner.clear();
  }
}
