import type net from 'node:net';
import type { DescriptorChain } from '../descriptor-chain';
import { BUF_ALLOC, Credit } from './credit';
import {
  HEADER_BYTES,
  OP,
  type PacketHeader,
  SHUTDOWN_BOTH,
  SHUTDOWN_RECEIVE,
  SHUTDOWN_SEND,
} from './packet';

/** How long the guest may take to answer a request, and to confirm an end, in ms. */
const ANSWER_TIMEOUT = 10_000;

const NOTHING = Buffer.alloc(0);

/** What a connection tells whoever moves the packets. */
export interface ConnectionEvents {
  /** There may be a packet for the guest. */
  ready(connection: Connection): void;
  /** It is over: the guest is to get a reset. */
  over(connection: Connection): void;
}

/**
 * A stream between a socket of the guest and a Unix socket of the host. Data waits where it is
 * until the other side has room: in the Unix socket, or with the guest.
 */
export class Connection {
  /** The next packet's data, as nextPacket() left it. */
  payload: Uint8Array = NOTHING;
  readonly credit = new Credit();
  private isEstablished = false;
  /** The first packet that the guest is to get. */
  private opening: number | undefined;
  /** What the guest, and what we have said to do no more. */
  private guestShutdown = 0;
  private ownShutdown = 0;
  /** Read from the Unix socket, for the guest. */
  private chunk: Uint8Array = NOTHING;
  /** The Unix socket's other end has sent all it had, and later: the Unix socket is gone. */
  private hasEnded = false;
  private isClosed = false;
  private isCreditRequested = false;
  private isDestroyed = false;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param socket to which nobody listens any more, with allowHalfOpen. One that is connected is
   * offered to the guest; one that connects answers the guest's request.
   */
  constructor(
    readonly hostPort: number,
    readonly guestPort: number,
    private readonly socket: net.Socket,
    private readonly events: ConnectionEvents,
  ) {
    socket.on('readable', () => this.onReadable());
    socket.on('end', () => {
      this.hasEnded = true;
      events.ready(this);
    });
    // 'close' follows and says that there was one.
    socket.on('error', () => {});
    socket.on('close', (hadError) => this.onClose(hadError));
    if (socket.connecting) {
      socket.on('connect', () => {
        this.isEstablished = true;
        this.opening = OP.response;
        events.ready(this);
      });
    } else {
      this.opening = OP.request;
      this.startTimer();
      events.ready(this);
    }
  }

  /** Ends everything at once, with no word to the guest. */
  destroy(): void {
    this.isDestroyed = true;
    clearTimeout(this.timer);
    this.socket.destroy();
  }

  /**
   * A packet of the guest, other than a reset.
   * @param chain whose data lies behind the header
   * @returns false when it is none that may come now
   */
  receive(packet: PacketHeader, chain: DescriptorChain): boolean {
    this.credit.update(packet.bufAlloc, packet.fwdCnt);
    if (this.credit.available > 0) this.isCreditRequested = false;
    if (!this.isEstablished && packet.op !== OP.creditUpdate) {
      return packet.op === OP.response && this.establish();
    }
    switch (packet.op) {
      case OP.data:
        return this.forward(packet.length, chain);
      case OP.shutdown:
        this.shutDown(packet.flags & SHUTDOWN_BOTH);
        break;
      case OP.creditRequest:
        this.credit.ask();
        break;
      case OP.creditUpdate:
        break;
      default:
        return false;
    }
    this.events.ready(this);
    return true;
  }

  /** The guest has accepted what it was offered. */
  private establish(): boolean {
    // Not before the offer has left, and not for a request of its own.
    if (this.opening !== undefined || this.socket.connecting) return false;
    clearTimeout(this.timer);
    this.isEstablished = true;
    this.socket.write(`OK ${this.hostPort}\n`);
    this.events.ready(this);
    return true;
  }

  private forward(length: number, chain: DescriptorChain): boolean {
    if ((this.guestShutdown & SHUTDOWN_SEND) !== 0 || !this.credit.receive(length)) return false;
    if (length === 0 || this.isClosed) return true;
    const data = Buffer.allocUnsafe(length);
    chain.read(HEADER_BYTES, data);
    this.socket.write(data, (error) => {
      if (error) return;
      this.credit.forward(length);
      if (this.credit.isWorthTelling) this.events.ready(this);
    });
    return true;
  }

  /** The guest will send no more, receive no more, or both; said once, it holds. */
  private shutDown(flags: number): void {
    const added = flags & ~this.guestShutdown;
    this.guestShutdown |= flags;
    if ((added & SHUTDOWN_RECEIVE) !== 0) {
      this.chunk = NOTHING;
      this.onReadable();
    }
    if ((added & SHUTDOWN_SEND) !== 0) this.socket.end();
    if (added === 0 || this.guestShutdown !== SHUTDOWN_BOTH) return;
    if (this.isClosed) this.events.over(this);
    else if (this.socket.writableFinished) this.socket.destroy();
    else this.socket.once('finish', () => this.socket.destroy());
  }

  private onReadable(): void {
    if ((this.guestShutdown & SHUTDOWN_RECEIVE) === 0) {
      // An end is noticed by reading only, and while the guest has no room nobody reads.
      if (this.socket.readableLength === 0) this.socket.read(0);
      this.events.ready(this);
      return;
    }
    // Nobody wants it, and its sender is not to wait for ever.
    while (this.socket.read() !== null);
  }

  private onClose(hadError: boolean): void {
    this.isClosed = true;
    if (this.isDestroyed) return;
    const isDone = hadError || !this.isEstablished || this.guestShutdown === SHUTDOWN_BOTH;
    if (isDone) this.events.over(this);
    else this.events.ready(this);
  }

  /**
   * Fills in what is the connection's of the next packet for the guest; `payload` has the data.
   * @param room bytes of data that fit
   * @returns false when there is none now
   */
  nextPacket(packet: PacketHeader, room: number): boolean {
    this.payload = NOTHING;
    packet.flags = 0;
    const op = this.nextOperation(room);
    if (op === undefined) return false;
    packet.op = op;
    if (op === OP.shutdown) packet.flags = this.ownShutdown;
    packet.srcPort = this.hostPort;
    packet.dstPort = this.guestPort;
    packet.length = this.payload.length;
    packet.bufAlloc = BUF_ALLOC;
    packet.fwdCnt = this.credit.tell();
    return true;
  }

  private nextOperation(room: number): number | undefined {
    const { opening } = this;
    this.opening = undefined;
    if (this.isDestroyed) return undefined;
    if (opening !== undefined || !this.isEstablished) return opening;
    if (this.takeData(room)) return OP.data;
    if (this.shutdownIsDue()) return OP.shutdown;
    if (this.creditIsMissing()) return OP.creditRequest;
    return this.credit.isWorthTelling ? OP.creditUpdate : undefined;
  }

  private takeData(room: number): boolean {
    if ((this.guestShutdown & SHUTDOWN_RECEIVE) !== 0) return false;
    const most = Math.min(room, this.credit.available);
    if (most === 0) return false;
    if (this.chunk.length === 0) this.chunk = (this.socket.read() as Uint8Array | null) ?? NOTHING;
    this.payload = this.chunk.subarray(0, most);
    this.chunk = this.chunk.subarray(most);
    this.credit.use(this.payload.length);
    return this.payload.length > 0;
  }

  private get hasData(): boolean {
    return this.chunk.length > 0 || this.socket.readableLength > 0;
  }

  /** Whether the guest is to hear of an end that it does not know; 5.10.6.5. */
  private shutdownIsDue(): boolean {
    const isAllSent = this.hasEnded && !this.hasData;
    const ends = (isAllSent ? SHUTDOWN_SEND : 0) | (this.isClosed && isAllSent ? SHUTDOWN_BOTH : 0);
    if ((ends & ~this.ownShutdown) === 0) return false;
    this.ownShutdown |= ends;
    // From here on it is the guest's turn to say that it has understood.
    if (this.ownShutdown === SHUTDOWN_BOTH) this.startTimer();
    return true;
  }

  /** Asked for once: who has room tells it anyway. */
  private creditIsMissing(): boolean {
    if (this.isCreditRequested || !this.hasData || this.credit.available > 0) return false;
    if ((this.guestShutdown & SHUTDOWN_RECEIVE) !== 0) return false;
    this.isCreditRequested = true;
    return true;
  }

  private startTimer(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.events.over(this), ANSWER_TIMEOUT);
    this.timer.unref();
  }
}
