import { randomUUID } from 'node:crypto';
import type { ConsolePeople } from '../api/console';

/** How long control waits for a writer whose connection broke. */
export const HOLD_MS = 5000;

export interface Participant {
  /** What the others see. */
  readonly name: string;
  readonly userId: string;
  /** Names the same page or terminal over several connections; undefined when it has no name. */
  readonly client: string | undefined;
  readonly mayWrite: boolean;
  tell(people: ConsolePeople): void;
}

/** A participant's place at one console. */
export interface Seat {
  /** Somebody typed. @returns whether that is for the guest; where nobody has control, it takes it */
  types(): boolean;
  /** Takes control, also from somebody else. Does nothing for who may not write. */
  take(): void;
  /** Gives control back; does nothing for who has none. */
  release(): void;
  leave(): void;
}

/** Of many who watch a console, one types. Everybody sees who is there and who that is. */
export class ConsoleControl {
  private readonly rooms = new Map<string, Room>();

  /**
   * Who may write gets control where nobody has it.
   * @param onControl called each time that the participant gets control anew
   */
  join(vmId: string, participant: Participant, onControl: () => void): Seat {
    let room = this.rooms.get(vmId);
    if (room === undefined) {
      room = new Room(() => this.rooms.delete(vmId));
      this.rooms.set(vmId, room);
    }
    return room.join(participant, onControl);
  }
}

interface Present extends Participant {
  readonly id: string;
  readonly key: string | undefined;
  readonly onControl: () => void;
}

class Room {
  private readonly present = new Set<Present>();
  private writer: Present | undefined;
  /** Control is kept for whoever comes back with this key. */
  private held: { readonly key: string; readonly timer: NodeJS.Timeout } | undefined;

  constructor(private readonly onEmpty: () => void) {}

  join(participant: Participant, onControl: () => void): Seat {
    const { name, userId, client, mayWrite } = participant;
    const who: Present = {
      ...{ name, userId, client, mayWrite, onControl },
      tell: (people) => participant.tell(people),
      id: randomUUID(),
      key: client === undefined ? undefined : `${userId} ${client}`,
    };
    this.present.add(who);
    if (who.mayWrite && this.held !== undefined && this.held.key === who.key) {
      // The same one as before: nothing new happened.
      this.dropHold();
      this.writer = who;
    } else if (this.isFreeFor(who)) this.give(who);
    this.tellAll();
    return {
      types: () => {
        if (this.isFreeFor(who)) this.take(who);
        return this.writer === who;
      },
      take: () => this.take(who),
      release: () => {
        if (this.writer !== who) return;
        this.writer = undefined;
        this.tellAll();
      },
      leave: () => this.leave(who),
    };
  }

  private isFreeFor({ mayWrite }: Present): boolean {
    return mayWrite && this.writer === undefined && this.held === undefined;
  }

  private take(who: Present): void {
    if (!who.mayWrite || this.writer === who) return;
    this.dropHold();
    this.give(who);
    this.tellAll();
  }

  private give(who: Present): void {
    this.writer = who;
    who.onControl();
  }

  private leave(who: Present): void {
    if (!this.present.delete(who)) return;
    if (this.writer === who) {
      this.writer = undefined;
      if (who.key !== undefined) this.hold(who.key);
    }
    this.tellAll();
    this.endWhenEmpty();
  }

  private hold(key: string): void {
    const timer = setTimeout(() => {
      this.held = undefined;
      this.endWhenEmpty();
    }, HOLD_MS);
    timer.unref();
    this.held = { key, timer };
  }

  private dropHold(): void {
    clearTimeout(this.held?.timer);
    this.held = undefined;
  }

  private endWhenEmpty(): void {
    if (this.present.size === 0 && this.held === undefined) this.onEmpty();
  }

  private tellAll(): void {
    const viewers = [...this.present].map(({ id, name, mayWrite }) => ({ id, name, mayWrite }));
    const writer = this.writer?.id ?? null;
    for (const { id, tell } of this.present) tell({ you: id, writer, viewers });
  }
}
