import { ApiError } from '@/components/api/api-error';
import { API, request } from '@/components/api/client';
import type { Output } from '@/server/api/client';
import {
  type ConsoleTransport,
  consoleAddress,
  consoleProtocols,
  type SocketEvents,
  type TicketAnswer,
} from './console-transport';

/** Answers that another try would only get again: not signed in, no right, no such machine. */
const FINAL: ReadonlySet<number> = new Set([401, 403, 404]);

/** The console of one machine, by the browser's own `fetch` and `WebSocket`. */
export function vmConsoleTransport(vmId: string): ConsoleTransport {
  return {
    requestTicket: (signal) => requestTicket(vmId, signal),
    openSocket: (ticket, held, events) => {
      const address = consoleAddress(window.location, API, vmId, clientName(), held);
      return openWebSocket(new WebSocket(address, consoleProtocols(ticket)), events);
    },
  };
}

function openWebSocket(socket: WebSocket, events: SocketEvents): WebSocket {
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => events.opened();
  socket.onclose = () => events.closed();
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data instanceof ArrayBuffer) events.bytes(new Uint8Array(data));
    else if (typeof data === 'string') events.text(data);
  };
  return socket;
}

async function requestTicket(vmId: string, signal: AbortSignal): Promise<TicketAnswer> {
  try {
    const path = `/vms/${encodeURIComponent(vmId)}/console-tickets`;
    const { ticket } = await request<Output<'createConsoleTicket'>>('POST', path, {
      signal,
    });
    return { ticket };
  } catch (error) {
    if (error instanceof ApiError && FINAL.has(error.status)) return { refused: error };
    throw error;
  }
}

const CLIENT_KEY = 'virtdeck.console-client';

/** Of this tab of the browser: the same after a reload. */
function clientName(): string {
  const known = sessionStorage.getItem(CLIENT_KEY);
  if (known !== null) return known;
  // Not randomUUID: browsers have that for HTTPS alone.
  const name = String(crypto.getRandomValues(new BigUint64Array(1))[0]);
  sessionStorage.setItem(CLIENT_KEY, name);
  return name;
}
