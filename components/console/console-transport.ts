import { CONSOLE_SUBPROTOCOL, TICKET_PREFIX } from '@/server/api/console';

/** A WebSocket, as far as the connection needs it; tests bring their own. */
export interface ConsoleSocket {
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
}

export interface SocketEvents {
  opened(): void;
  bytes(bytes: Uint8Array): void;
  text(text: string): void;
  /** For whatever reason; the last of its events. */
  closed(): void;
}

/** The cause, and what the reader can do. */
export interface Refusal {
  readonly detail: string;
  readonly hint: string;
}

export type TicketAnswer =
  | { readonly ticket: string }
  /** Trying again would give the same answer: signed out, no right, no such machine. */
  | { readonly refused: Refusal };

/** What the viewer holds already; undefined when it holds nothing. */
export interface Held {
  readonly epoch: string;
  readonly offset: number;
}

export interface ConsoleTransport {
  /** Rejects when the server cannot be reached or fails: worth another try. */
  requestTicket(signal: AbortSignal): Promise<TicketAnswer>;
  openSocket(ticket: string, held: Held | undefined, events: SocketEvents): ConsoleSocket;
}

/**
 * @param apiPath where the API is, with the prefix the console is mounted under
 * @param client what this page calls itself, so that it comes back to the control it had
 */
export function consoleAddress(
  page: { readonly protocol: string; readonly host: string },
  apiPath: string,
  vmId: string,
  client: string,
  held: Held | undefined,
): string {
  const scheme = page.protocol === 'https:' ? 'wss:' : 'ws:';
  const query = new URLSearchParams({
    client,
    ...(held && { offset: String(held.offset), epoch: held.epoch }),
  });
  return `${scheme}//${page.host}${apiPath}/vms/${encodeURIComponent(vmId)}/console?${query}`;
}

/** The ticket travels as a subprotocol: addresses end up in logs, headers of an upgrade do not. */
export function consoleProtocols(ticket: string): string[] {
  return [CONSOLE_SUBPROTOCOL, TICKET_PREFIX + ticket];
}
