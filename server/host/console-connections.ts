import type { Socket } from 'node:net';
import type { ConsoleContents } from '../../vmm-core/machine/console-file';
import {
  type ConsoleFrom,
  type ConsoleNotice,
  encodeFrame,
  FRAME_BYTES,
  FRAME_NOTICE,
  FrameDecoder,
} from '../../vmm-core/monitor/console-frames';
import type { ConsoleConnection, ConsoleSink } from './agent';

/** A console with a monitor behind it: frames over the socket of an upgraded request. */
export class LiveConsole implements ConsoleConnection {
  readonly live = true;

  constructor(
    readonly epoch: string,
    private readonly socket: Socket,
    private readonly head: Buffer,
  ) {
    socket.pause();
    // Errors are followed by `close`, which ends the connection.
    socket.on('error', () => {});
  }

  listen(sink: ConsoleSink): void {
    const decoder = new FrameDecoder((type, payload) => {
      if (type === FRAME_BYTES) sink.bytes(payload);
      else if (type === FRAME_NOTICE) notify(sink, payload);
    });
    const push = (chunk: Buffer) => {
      try {
        decoder.push(chunk);
      } catch {
        // A monitor that breaks the framing has nothing more to say.
        this.socket.destroy();
      }
    };
    this.socket.on('data', push);
    this.socket.on('drain', () => sink.drained());
    this.socket.on('end', () => this.socket.end());
    this.socket.once('close', () => sink.ended());
    if (this.head.length > 0) push(this.head);
    if (this.socket.destroyed) queueMicrotask(() => sink.ended());
    else this.socket.resume();
  }

  write(bytes: Uint8Array): boolean {
    if (this.socket.destroyed) return true;
    return this.socket.write(encodeFrame(FRAME_BYTES, bytes));
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    this.socket.destroy();
  }
}

function notify(sink: ConsoleSink, payload: Buffer): void {
  const notice = JSON.parse(payload.toString('utf8')) as ConsoleNotice;
  if (notice.type === 'offset') sink.offset(notice.offset);
  else if (notice.type === 'skipped') sink.skipped(notice.bytes, notice.offset);
}

const CHUNK_BYTES = 64 * 1024;

/** What is kept of a console nobody prints to any more. Ends when all of it was sent. */
export class KeptConsole implements ConsoleConnection {
  readonly live = false;
  private sink: ConsoleSink | undefined;
  private paused = false;
  private over = false;
  private at: number;

  /** @param from what the viewer has already; beyond the end counts as the end */
  constructor(
    readonly epoch: string,
    private readonly contents: ConsoleContents,
    from: ConsoleFrom,
  ) {
    this.at = from === 'end' ? contents.written : Math.min(from, contents.written);
  }

  listen(sink: ConsoleSink): void {
    this.sink = sink;
    queueMicrotask(() => {
      if (!this.over) sink.offset(this.at);
      this.send();
    });
  }

  write(): boolean {
    return true;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    queueMicrotask(() => this.send());
  }

  close(): void {
    this.over = true;
  }

  private send(): void {
    const { head, tail, tailOffset, written } = this.contents;
    while (!this.paused && !this.over) {
      if (this.at >= written) {
        this.over = true;
        this.sink?.ended();
      } else if (this.at < head.length) {
        this.emit(head.subarray(this.at, this.at + CHUNK_BYTES));
      } else if (this.at < tailOffset) {
        const bytes = tailOffset - this.at;
        this.at = tailOffset;
        this.sink?.skipped(bytes, tailOffset);
      } else {
        const from = this.at - tailOffset;
        this.emit(tail.subarray(from, from + CHUNK_BYTES));
      }
    }
  }

  private emit(chunk: Buffer): void {
    this.at += chunk.length;
    this.sink?.bytes(chunk);
  }
}

/** Of a machine that never printed. */
export const NO_CONSOLE: ConsoleContents = {
  written: 0,
  head: Buffer.alloc(0),
  tailOffset: 0,
  tail: Buffer.alloc(0),
};
