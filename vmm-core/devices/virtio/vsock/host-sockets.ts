import net from 'node:net';
import { listenUnix } from '../../../sys/unix-listener';

/**
 * The host's end of the guest's sockets, by the convention that Firecracker has made known: what
 * listens at `<path>_<port>` has that port of the host, and whoever connects to `<path>` says
 * "CONNECT <port>\n" to get to a port of the guest, and is answered "OK <host port>\n".
 */

/** The longest is "CONNECT 4294967295\n". */
const MOST_LINE_BYTES = 32;
const LINE_TIMEOUT = 5000;
const MAX_PORT = 0xffff_ffff;
const NEWLINE = 0x0a;

export interface HostListenerEvents {
  /** Whether there is a place for one more. */
  hasRoom(): boolean;
  /** Somebody wants to get to a port of the guest. What it sent behind the line waits in `socket`. */
  connected(socket: net.Socket, guestPort: number): void;
}

/** @returns a socket that connects to whoever has that port of the host, or fails */
export function connectToHost(path: string, port: number): net.Socket {
  return net.connect({ path: `${path}_${port}`, allowHalfOpen: true });
}

/** The Unix socket by which the host gets to the guest. */
export class HostListener {
  private readonly server: net.Server;
  /** Those that have not said yet where to. */
  private readonly strangers = new Set<net.Socket>();

  /** @throws HostRefusal when there can be no socket at `path` */
  constructor(
    path: string,
    private readonly events: HostListenerEvents,
  ) {
    this.server = listenUnix(path, (socket) => this.greet(socket));
  }

  /** Those that have not said yet where to count as connections. */
  get waiting(): number {
    return this.strangers.size;
  }

  /** Sends away those that have not said where to. */
  disconnect(): void {
    for (const socket of this.strangers) socket.destroy();
  }

  /** The file goes with it. */
  close(): Promise<void> {
    this.disconnect();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private greet(socket: net.Socket): void {
    if (!this.events.hasRoom()) {
      socket.destroy();
      return;
    }
    this.strangers.add(socket);
    const timer = setTimeout(() => socket.destroy(), LINE_TIMEOUT);
    timer.unref();
    const leave = (): void => {
      clearTimeout(timer);
      this.strangers.delete(socket);
    };
    let line = Buffer.alloc(0);
    const read = (): void => {
      const more = socket.read() as Buffer | null;
      if (more === null) return;
      line = Buffer.concat([line, more]);
      const end = line.subarray(0, MOST_LINE_BYTES).indexOf(NEWLINE);
      if (end < 0 && line.length < MOST_LINE_BYTES) return;
      const port = parseLine(line.subarray(0, Math.max(end, 0)).toString('latin1'));
      if (port === undefined) {
        socket.destroy();
        return;
      }
      leave();
      socket.off('readable', read).off('end', hangUp);
      if (end + 1 < line.length) socket.unshift(line.subarray(end + 1));
      this.events.connected(socket, port);
    };
    const hangUp = (): void => void socket.destroy();
    socket.on('readable', read).on('end', hangUp).on('close', leave);
    // 'close' follows.
    socket.on('error', () => {});
  }
}

function parseLine(line: string): number | undefined {
  const port = Number(/^CONNECT (\d{1,10})$/.exec(line)?.[1] ?? Number.NaN);
  return port <= MAX_PORT ? port : undefined;
}
