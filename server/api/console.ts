import { z } from 'zod';

/** `POST …/console-tickets`: single use, 30 s, bound to user, machine and right. */
export const consoleTicketSchema = z.object({
  ticket: z.string(),
  expiresAt: z.iso.datetime(),
});
export type ConsoleTicket = z.infer<typeof consoleTicketSchema>;

/**
 * The WebSocket is `GET /api/v1/vms/{id}/console?offset=N&epoch=E` with two subprotocols: this one,
 * which the server answers with, and TICKET_PREFIX + ticket. A ticket never stands in a URL.
 * A client that holds nothing leaves both parameters out; one that comes back names what it holds,
 * and gets all of a run that is not the one of `epoch`.
 */
export const CONSOLE_SUBPROTOCOL = 'virtdeck.console.v1';
export const TICKET_PREFIX = 'virtdeck.ticket.';

/**
 * Binary frames are console bytes, both ways. Text frames are one of these, server to client.
 * `offset` is absolute: bytes the guest has printed since its monitor started; `epoch` names that
 * monitor, so a client that holds bytes of another epoch clears its screen.
 */
export const consoleServerMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('offset'), epoch: z.string(), offset: z.number() }),
  z.object({ type: z.literal('skipped'), bytes: z.number(), offset: z.number() }),
  /** The machine stopped or crashed: what was printed stays, nothing more comes. */
  z.object({ type: z.literal('ended'), state: z.string() }),
]);
export type ConsoleServerMessage = z.infer<typeof consoleServerMessageSchema>;

/** Client to server: it has shown everything before `offset`. */
export const consoleClientMessageSchema = z.object({
  type: z.literal('ack'),
  offset: z.number().int().nonnegative(),
});
export type ConsoleClientMessage = z.infer<typeof consoleClientMessageSchema>;
