import type { ConsoleTicket } from '../api/console';
import type { Principal } from '../users/principal';
import { hashSecret, newSecret } from '../users/secrets';

export const TICKET_LIFE_MS = 30_000;

/** What a ticket was given for. */
export interface TicketGrant {
  readonly who: Principal;
  readonly vmId: string;
  /** Whether what the viewer types reaches the guest. */
  readonly write: boolean;
}

interface Issued extends TicketGrant {
  readonly expiresAt: number;
}

/** Single-use tickets for console WebSockets, kept in memory by their hash. */
export class ConsoleTickets {
  private readonly issued = new Map<string, Issued>();

  constructor(private readonly now: () => number = Date.now) {}

  issue(grant: TicketGrant): ConsoleTicket {
    this.prune();
    const ticket = newSecret();
    const expiresAt = this.now() + TICKET_LIFE_MS;
    this.issued.set(hashSecret(ticket), { ...grant, expiresAt });
    return { ticket, expiresAt: new Date(expiresAt).toISOString() };
  }

  /** @returns undefined when the ticket was never given, is used, or too old */
  redeem(ticket: string): TicketGrant | undefined {
    const key = hashSecret(ticket);
    const issued = this.issued.get(key);
    this.issued.delete(key);
    if (issued === undefined || issued.expiresAt <= this.now()) return undefined;
    return issued;
  }

  private prune(): void {
    const now = this.now();
    for (const [key, { expiresAt }] of this.issued) {
      if (expiresAt <= now) this.issued.delete(key);
    }
  }
}
