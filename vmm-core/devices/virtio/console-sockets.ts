import type net from 'node:net';
import { listenUnix } from '../../sys/unix-listener';
import type { ConsolePort } from './console-port';

/** The host's end of the ports of a console device: a Unix socket each. */
export interface PortSocket {
  /** The file goes with it. */
  close(): Promise<void>;
}

/** Beyond it somebody who watches a console is too slow and is sent away. */
const MOST_UNREAD_BYTES = 2 ** 20;

/**
 * The console itself: whoever connects sees what the guest prints from then on, and may type. The
 * guest waits for nobody, since Linux prints with a processor that does nothing else meanwhile.
 * @throws HostRefusal when there can be no socket at `path`
 */
export function serveTerminal(port: ConsolePort, path: string): PortSocket {
  const viewers = new Set<net.Socket>();
  port.onOutput = (bytes) => {
    const copy = viewers.size > 0 ? Buffer.from(bytes) : undefined;
    for (const viewer of viewers) {
      viewer.write(copy as Buffer);
      if (viewer.writableLength > MOST_UNREAD_BYTES) viewer.destroy();
    }
  };
  const typing = new Typing(port);
  const server = listenUnix(path, (socket) => {
    viewers.add(socket);
    typing.from(socket);
    socket.on('end', () => socket.end()).on('close', () => viewers.delete(socket));
  });
  return {
    close: () => {
      for (const viewer of viewers) viewer.destroy();
      return closed(server);
    },
  };
}

/**
 * A port by which programs of host and guest talk: one connection at a time, and each side waits
 * for the other. The guest sees the port open while somebody is connected.
 * @throws HostRefusal when there can be no socket at `path`
 */
export function servePort(port: ConsolePort, path: string): PortSocket {
  let peer: net.Socket | undefined;
  port.onOutput = (bytes) => {
    if (peer === undefined) return;
    if (!peer.write(Buffer.from(bytes))) port.pauseOutput();
  };
  const typing = new Typing(port);
  const server = listenUnix(path, (socket) => {
    if (peer !== undefined) {
      socket.destroy();
      return;
    }
    peer = socket;
    typing.from(socket);
    socket
      .on('drain', () => port.resumeOutput())
      // What was sent before the end has been taken: from() reads on only then.
      .on('end', () => socket.end())
      .on('close', () => {
        peer = undefined;
        port.resumeOutput();
        port.setHostOpen(false);
      });
    port.setHostOpen(true);
  });
  return {
    close: () => {
      peer?.destroy();
      return closed(server);
    },
  };
}

/** What comes from sockets goes to the guest in order; a socket is not read while there is no room. */
class Typing {
  private waiting: { readonly socket: net.Socket; bytes: Buffer }[] = [];

  constructor(private readonly port: ConsolePort) {
    port.onRoom = () => this.goOn();
  }

  from(socket: net.Socket): void {
    socket.on('data', (bytes: Buffer) => {
      const rest = this.offer(bytes);
      if (rest.length === 0) return;
      socket.pause();
      this.waiting.push({ socket, bytes: rest });
    });
    socket.on('close', () => {
      this.waiting = this.waiting.filter((one) => one.socket !== socket);
    });
    // 'close' follows.
    socket.on('error', () => {});
  }

  private offer(bytes: Buffer): Buffer {
    // Behind those that wait already.
    if (this.waiting.length > 0) return bytes;
    return bytes.subarray(this.port.input(bytes));
  }

  private goOn(): void {
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      first.bytes = first.bytes.subarray(this.port.input(first.bytes));
      if (first.bytes.length > 0) return;
      this.waiting.shift();
      first.socket.resume();
    }
  }
}

function closed(server: net.Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
