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
 * and gets all of a run that is not the one of `epoch`. `client=ID`, a random name of its own, lets
 * it come back to the control it had.
 */
export const CONSOLE_SUBPROTOCOL = 'virtdeck.console.v1';
export const TICKET_PREFIX = 'virtdeck.ticket.';

/** Who is at a console: `writer` is the `id` of the one whose keys reach the guest, or null. */
export const consolePeopleSchema = z.object({
  you: z.string(),
  writer: z.string().nullable(),
  viewers: z.array(z.object({ id: z.string(), name: z.string(), mayWrite: z.boolean() })),
});
export type ConsolePeople = z.infer<typeof consolePeopleSchema>;

/**
 * Binary frames are console bytes, both ways. Text frames are one of these, server to client.
 * `offset` is absolute: bytes the guest has printed since its monitor started; `epoch` names that
 * monitor, so a client that holds bytes of another epoch clears its screen. Keys that come before
 * the first `offset` are dropped.
 */
export const consoleServerMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('offset'), epoch: z.string(), offset: z.number() }),
  z.object({ type: z.literal('skipped'), bytes: z.number(), offset: z.number() }),
  /** Comes first, and whenever somebody comes or goes or gets control. */
  consolePeopleSchema.extend({ type: z.literal('people') }),
  /** The machine stopped or crashed: what was printed stays, nothing more comes. */
  z.object({ type: z.literal('ended'), state: z.string() }),
]);
export type ConsoleServerMessage = z.infer<typeof consoleServerMessageSchema>;

/**
 * Client to server. `ack`: it has shown everything before `offset`. `control`: it wants to type, or
 * to type no more. Keys of who is not in control are dropped; where nobody is, they take control.
 */
export const consoleClientMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ack'), offset: z.number().int().nonnegative() }),
  z.object({ type: z.literal('control'), take: z.boolean() }),
]);
export type ConsoleClientMessage = z.infer<typeof consoleClientMessageSchema>;
