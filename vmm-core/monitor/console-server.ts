import type { Duplex } from 'node:stream';
import type { Serial } from '../devices/serial';
import { consoleText, HEAD_BYTES } from '../machine/console-file';
import type { ConsoleRing } from '../machine/console-ring';
import {
  type ConsoleFrom,
  encodeFrame,
  encodeNotice,
  FRAME_BYTES,
  FrameDecoder,
} from './console-frames';

const CHUNK_BYTES = 32 * 1024;
/** How often input that found no room in the UART is offered again. */
const RETRY_MS = 5;
/** Input that waits for a guest that reads none; beyond it a client is not read from. */
const MAX_PENDING_BYTES = 64 * 1024;

interface Viewer {
  readonly socket: Duplex;
  offset: number;
  /** Its socket has no room: it is left alone until it drains, and nobody waits for it. */
  blocked: boolean;
}

/** Readers and writers of the console. Each reader has its own place in what is kept. */
export class ConsoleServer {
  private readonly viewers = new Set<Viewer>();
  private pending: Buffer = Buffer.alloc(0);
  private retry: NodeJS.Timeout | undefined;
  private accepted = 0;

  constructor(
    private readonly ring: ConsoleRing,
    private readonly serial: () => Serial | undefined,
  ) {}

  get outputBytes(): number {
    return this.ring.end;
  }

  /** Bytes that the UART took from the host. */
  get inputBytes(): number {
    return this.accepted;
  }

  attach(socket: Duplex, from: ConsoleFrom): void {
    const end = this.ring.end;
    const offset = from === 'end' ? end : from;
    // An offset from another monitor's time means nothing here: begin again.
    const viewer: Viewer = { socket, offset: offset > end ? 0 : offset, blocked: false };
    const decoder = new FrameDecoder((type, payload) => {
      if (type === FRAME_BYTES) this.input(payload);
      if (this.pending.length > MAX_PENDING_BYTES) socket.pause();
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        decoder.push(chunk);
      } catch {
        socket.destroy();
      }
    });
    socket.on('drain', () => {
      viewer.blocked = false;
      this.feed(viewer);
    });
    const gone = (): void => void this.viewers.delete(viewer);
    socket
      .on('close', gone)
      .on('error', gone)
      .on('end', () => socket.end());
    this.viewers.add(viewer);
    socket.write(encodeNotice({ type: 'offset', offset: viewer.offset }));
    this.feed(viewer);
  }

  /** There is new output. */
  pump(): void {
    for (const viewer of this.viewers) this.feed(viewer);
  }

  private feed(viewer: Viewer): void {
    while (!viewer.blocked && viewer.offset < this.ring.end) {
      const from = this.ring.firstKept(viewer.offset);
      if (from !== viewer.offset) {
        const bytes = from - viewer.offset;
        viewer.socket.write(encodeNotice({ type: 'skipped', bytes, offset: from }));
        viewer.offset = from;
      }
      const chunk = this.ring.read(viewer.offset, CHUNK_BYTES);
      if (chunk === undefined) continue;
      viewer.offset += chunk.length;
      viewer.blocked = !viewer.socket.write(encodeFrame(FRAME_BYTES, chunk));
    }
  }

  /** Bytes for the guest, in order; kept until the UART has room. Lost when no machine runs. */
  input(bytes: Buffer): void {
    this.pending =
      this.pending.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.pending, bytes]);
    this.offer();
  }

  private offer(): void {
    const serial = this.serial();
    const taken = serial === undefined ? this.pending.length : serial.receive(this.pending);
    if (serial !== undefined) this.accepted += taken;
    this.pending = this.pending.subarray(taken);
    if (this.pending.length === 0) {
      for (const { socket } of this.viewers) socket.resume();
    } else {
      this.retry ??= setTimeout(() => {
        this.retry = undefined;
        this.offer();
      }, RETRY_MS);
    }
  }

  log(): Buffer {
    const end = this.ring.end;
    const tailOffset = this.ring.firstKept(Math.max(HEAD_BYTES, 0));
    return consoleText({
      written: end,
      head: this.collect(0, Math.min(HEAD_BYTES, end)),
      tailOffset: Math.min(tailOffset, end),
      tail: this.collect(Math.min(tailOffset, end), end),
    });
  }

  private collect(from: number, to: number): Buffer {
    const chunks: Buffer[] = [];
    for (let at = from; at < to; ) {
      const chunk = this.ring.read(at, Math.min(CHUNK_BYTES, to - at));
      if (chunk === undefined || chunk.length === 0) break;
      chunks.push(chunk);
      at += chunk.length;
    }
    return Buffer.concat(chunks);
  }
}
